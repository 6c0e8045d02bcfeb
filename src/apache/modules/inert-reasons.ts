// Why directives of several modules are without effect.

export const PROCESSES: string = 'perdura has no processes and threads of this kind';
export const SYSTEM: string = 'perdura leaves this to the system';
