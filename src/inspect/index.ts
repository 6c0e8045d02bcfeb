// The inspector: measures how a server treats persistent connections.
export { ConnectError, OptionError, PerduraError, TimeoutError } from '../errors.ts';
export { CHECK_IDS } from './check-ids.ts';
export type { CheckId } from './check-ids.ts';
export { CATALOGUE, FINDING_IDS } from './catalogue/catalogue.ts';
export type { CatalogueEntry, FindingId, FindingLevel, ServerSetting } from './catalogue/catalogue.ts';
export { evaluateExpectation } from './evaluate-expectation.ts';
export type { ExpectationResult } from './evaluate-expectation.ts';
export { parseExpectation } from './expectation.ts';
export type { Expectation, ExpectationOperator } from './expectation.ts';
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
export { listChecks } from './list-checks.ts';
export type { ListedCheck } from './list-checks.ts';
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
export { MEASUREMENTS, MEASUREMENT_SUBJECTS, formatMeasurement } from './report/describe-measurements.ts';
export type { MeasurementDescription, MeasurementSubject, MeasurementUnit } from './report/describe-measurements.ts';
export { formatHtml } from './report/html.ts';
export { formatJson } from './report/json.ts';
export { formatJunit } from './report/junit.ts';
export { formatMarkdown } from './report/markdown.ts';
export { groupMeasurements } from './report/measurement-groups.ts';
export type { MeasurementGroup, MeasurementRow } from './report/measurement-groups.ts';
export { formatText } from './report/text.ts';
export type { TextReportOptions } from './report/text.ts';
export type { TextStyle } from './report/text-style.ts';
