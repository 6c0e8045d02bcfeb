// Something that somebody waits for, and that happens once.

/** A promise with its key. */
export class Gate {
  readonly opened: Promise<void>;
  #open: () => void = () => {};

  constructor() {
    this.opened = new Promise((resolve) => {
      this.#open = resolve;
    });
  }

  /** Opening it again does nothing. */
  open(): void {
    this.#open();
  }
}
