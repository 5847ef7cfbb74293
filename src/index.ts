/**
 * psconv-sim as a library. `loadScenario` reads a scenario and everything that it refers to, `simulate` runs it,
 * `saveResults` writes what the command line writes, `surveyStorage` says what the weights take in each storage format,
 * `mapScenario` how its layers are mapped, `explainScenario` what bounds them and which change would help, `analyseSensitivity` how far
 * savings depend on the energy tables. `exportAccelergy` says in Accelergy's terms what a machine costs and does, `evaluateCounts`
 * what such counts come to.
 * `registerDataflow` adds a dataflow; what the built-in ones are made of stands below it.
 */
export { UserError } from './document/userError.js';
export { packageVersion as version } from './document/package.js';
export { allDataflows, registerDataflow } from './dataflow/dataflows.js';
export type { Dataflow, LeastPass, RegisterEntries } from './dataflow/dataflow.js';
export { emptyPassCost } from './dataflow/pass.js';
export type { ArrayContext, PassCost, PassShape } from './dataflow/pass.js';
export { cutInto, each, partsOf } from './dataflow/passLoops.js';
export type { LoopPart, LoopPlace, PassLoop } from './dataflow/passLoops.js';
export type { PassWindow } from './dataflow/passWindow.js';
export type { Beside, Leaving, OperandTensor, PeArray, RegisterPlace } from './dataflow/peArray.js';
export { ifmapOperands, kernelTaps, weightOperand } from './dataflow/operands.js';
export type { IfmapOperand, IsZero, Output, WeightOperand } from './dataflow/operands.js';
export { columnFolds } from './dataflow/columnFolds.js';
export type { ColumnFold } from './dataflow/columnFolds.js';
export { filterFolds, phasesOf, unionStream } from './dataflow/filterFolds.js';
export type { StreamedTap } from './dataflow/filterFolds.js';
export { skew } from './dataflow/systolic.js';
export { hopsToEdge } from './dataflow/hopsToEdge.js';
export { countRead, countWrite } from './dataflow/counters.js';
export { countLeaving, leavingDemands, streamStep } from './dataflow/leaving.js';
export type { LeavingDemands, StreamStep } from './dataflow/leaving.js';
export { foldDrain, foldSequence } from './dataflow/drainBehind.js';
export type { FoldDrain, FoldSequence } from './dataflow/drainBehind.js';
export { cyclesOf, wordsOf } from './dataflow/ports.js';
export type { Demand, Port, Ports } from './dataflow/ports.js';
export { readActionCounts } from './energy/accelergy/actionCounts.js';
export type { ActionCounts } from './energy/accelergy/actionCounts.js';
export { readArt } from './energy/accelergy/areaReferenceTable.js';
export type { AreaReferenceTable } from './energy/accelergy/areaReferenceTable.js';
export { readErt } from './energy/accelergy/energyReferenceTable.js';
export type { EnergyReferenceTable } from './energy/accelergy/energyReferenceTable.js';
export { energyEstimation, evaluateCounts } from './energy/accelergy/evaluateCounts.js';
export type { EnergyEstimation, EvaluatedCounts } from './energy/accelergy/evaluateCounts.js';
export { accelergyFiles } from './energy/accelergy/exportMachine.js';
export type { AccelergyExport } from './energy/accelergy/exportMachine.js';
export { exportAccelergy } from './explore/exportAccelergy.js';
export type { ScenarioExport } from './explore/exportAccelergy.js';
export { cacheFolder } from './explore/cacheFolder.js';
export { openMappingCache } from './explore/mappingCache.js';
export type { MappingCache, StoredSearch } from './explore/mappingCache.js';
export { saveResults } from './explore/manifest.js';
export { loadScenario } from './explore/scenario.js';
export type { Cell } from './explore/cells.js';
export type { ScenarioOverrides } from './explore/overrides.js';
export type { Scenario } from './explore/scenario.js';
export { planScenario } from './explore/plan.js';
export type { CellPlan, PlannedLayer, PlanOptions } from './explore/plan.js';
export { mapScenario } from './explore/mapScenario.js';
export { surveyStorage } from './explore/surveyStorage.js';
export { analyseSensitivity } from './explore/sensitivity.js';
export type { SensitivityOptions } from './explore/sensitivity.js';
export { explainScenario } from './explore/explain.js';
export type { ExplainOptions } from './explore/explain.js';
export { changesOf } from './explore/changes.js';
export type { MachineChange } from './explore/changes.js';
export { sensitivityOf } from './energy/sensitivity.js';
export type { FigureSensitivity, Sensitivity } from './energy/sensitivity.js';
export type { SensitivityMetric } from './energy/sensitivityMetric.js';
export type { Range } from './energy/ratioRange.js';
export { simulate } from './explore/simulate.js';
export type { Progress, SimulateOptions } from './explore/simulate.js';
export type { Breakdown } from './report/breakdown.js';
export { breakdownTables } from './report/breakdownTables.js';
export { layersCsv, summaryCsv } from './report/csv.js';
export { summaryRecord } from './report/records.js';
export { explainText } from './report/explainReport.js';
export type {
  ChangeOutcome,
  Diagnosis,
  Explained,
  ExplainedLayer,
  ExplainedVariant,
  ExplainResult,
  Figures,
  RefusedChange,
} from './report/explainResult.js';
export { mappedScenarioText } from './report/loopNestText.js';
export type { MappedCell, MappedLayer, MappedScenario } from './report/mappedScenario.js';
export { mappingFileText } from './report/mappingFileText.js';
export { mismatchesOf } from './report/result.js';
export type { LayerResult, ScenarioResult, VariantResult, VariantTotals } from './report/result.js';
export { sensitivityCsv, sensitivityText } from './report/sensitivityReport.js';
export type { SensitivityResult, VariantSensitivity } from './report/sensitivityResult.js';
export { storageCsv, storageTable } from './report/storageSurvey.js';
export type { StorageSurvey } from './report/storageSurvey.js';
export { terminalTable } from './report/terminalTable.js';
