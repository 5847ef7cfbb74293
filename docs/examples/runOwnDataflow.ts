import { loadScenario, registerDataflow, saveResults, simulate, terminalTable } from 'psconv-sim';
import { broadcast } from './ownDataflow.js';

registerDataflow(broadcast);

const scenario = await loadScenario(process.argv[2]);
const result = await simulate(scenario);
console.log(terminalTable(result));
await saveResults('results/broadcast', scenario, result);
