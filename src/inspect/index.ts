// The inspector: measures how a server treats persistent connections.
export { ConnectError, OptionError, PerduraError, TimeoutError } from '../errors.ts';
export { CHECK_IDS } from './check-ids.ts';
export type { CheckId } from './check-ids.ts';
export { CATALOGUE, FINDING_IDS } from './catalogue/catalogue.ts';
export type { CatalogueEntry, FindingId, FindingLevel, ServerSetting } from './catalogue/catalogue.ts';
export { inspect } from './inspect.ts';
export type {
  Advice,
  CheckOutcome,
  ClientAdvice,
  ConnectionEnd,
  ConnectionEvent,
  ConnectionStory,
  Cost,
  Finding,
  InspectionReport,
  ServerAdvice,
  Verdict,
} from './inspection-report.ts';
export { NOTHING_MEASURED } from './measurements.ts';
export type {
  AddressMeasurement,
  AnswerFraming,
  CloseStyle,
  MalformedRequest,
  MeasurementName,
  Measurements,
  PipeliningStyle,
} from './measurements.ts';
export { DEFAULT_INSPECT_OPTIONS } from './options.ts';
export type { InspectOptions } from './options.ts';
export type { ProgressEvent } from './progress.ts';
