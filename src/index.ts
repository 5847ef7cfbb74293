/**
 * psconv-sim as a library. `loadScenario` reads a scenario and everything that it refers to, `simulate` runs it,
 * `saveResults` writes what the command line writes, `surveyStorage` says what the weights take in each storage format.
 */
export { UserError } from './document/userError.js';
export { packageVersion as version } from './document/package.js';
export { saveResults } from './explore/manifest.js';
export { loadScenario } from './explore/scenario.js';
export type { Cell } from './explore/cells.js';
export type { ScenarioOverrides } from './explore/overrides.js';
export type { Scenario } from './explore/scenario.js';
export { planScenario } from './explore/plan.js';
export type { CellPlan, PlannedLayer, PlanOptions } from './explore/plan.js';
export { surveyStorage } from './explore/surveyStorage.js';
export { simulate } from './explore/simulate.js';
export type { Progress, SimulateOptions } from './explore/simulate.js';
export { layersCsv, summaryCsv } from './report/csv.js';
export { summaryRecord } from './report/records.js';
export { mismatchesOf } from './report/result.js';
export type { LayerResult, ScenarioResult, VariantResult, VariantTotals } from './report/result.js';
export { storageCsv, storageTable } from './report/storageSurvey.js';
export type { StorageSurvey } from './report/storageSurvey.js';
export { terminalTable } from './report/terminalTable.js';
