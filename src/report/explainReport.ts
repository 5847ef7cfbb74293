import type { Roofline } from '../counts/roofline.js';
import { cyclePartNames } from '../counts/cycleParts.js';
import type { CyclePartName } from '../counts/cycleParts.js';
import { tensors } from '../tensor/dataSpace.js';
import { changesTable, objectiveWords } from './changesTable.js';
import { cyclePartWords, diagnosisTable } from './explainTable.js';
import type { Explained, ExplainedLayer, ExplainedVariant, ExplainResult } from './explainResult.js';
import { formatKib, formatPercent } from './format.js';
import { rooflinePlot } from './rooflinePlot.js';

/** More diagnoses than this stand in a table of their own. */
const mostAbreast = 4;

/** The result for people: for each variant the roofline, where cycles, bytes and energy go, and which changes help. */
export function explainText(result: ExplainResult): string {
  const { scenario, network, accelerator, energyTable, objective, batch, variants, notes } = result;
  const heading =
    `${scenario}: ${network} on ${accelerator}, energy table ${energyTable}; what bounds it, and what would lower the ` +
    `${objectiveWords(objective)}; figures are for ${batch === 1 ? 'one image' : `a batch of ${batch}`}`;
  return [
    heading,
    ...variants.flatMap((variant) => variantBlocks(variant, result)),
    notes.map((note) => `  ${note}`).join('\n'),
  ].join('\n\n');
}

function variantBlocks(variant: ExplainedVariant, { objective }: ExplainResult): string[] {
  const { network, layers, refused } = variant;
  const columns = [
    ...(network === undefined ? [] : [{ title: 'network', diagnosis: network }]),
    ...layers.map((layer) => ({ title: layer.layer, diagnosis: layer })),
  ];
  const tables: string[] = [];
  for (let first = 0; first < columns.length; first += mostAbreast)
    tables.push(diagnosisTable(columns.slice(first, first + mostAbreast)));
  const gains = layers.map(({ layer, changes }) => ({ title: layer, changes }));
  return [
    `${variant.variant}, storage ${variant.storage}, ${variant.dataflow}`,
    ...plotOf(variant),
    layers.map((layer, index) => layerLine(layer, index, objectiveWords(objective))).join('\n'),
    ...tables,
    columns.map(({ title, diagnosis }) => verdict(title, diagnosis)).join('\n'),
    ...(network === undefined
      ? layers.map((layer) => changesTable(layer.layer, layer, objective))
      : [changesTable('network', network, objective, gains)]),
    ...(refused.length === 0
      ? []
      : [
          [
            'changes that cannot be judged:',
            ...refused.map(({ title, reason }) => `  ${title}: ${reason}`),
          ].join('\n'),
        ]),
  ];
}

/** All layers with MACs under the roofline; those explained by their number, N the network. */
function plotOf({ network, layers, points }: ExplainedVariant): string[] {
  const ofArray = [network, ...layers].find((each) => each?.roofline.unit === 'MAC');
  if (ofArray === undefined) return [];
  const numbered = layers.flatMap(({ roofline, layer }, index) =>
    roofline.unit === 'MAC' ? [{ mark: markOf(index), layer, ...roofline }] : [],
  );
  const others = points.filter(({ layer }) => !numbered.some((each) => each.layer === layer));
  const plotted = [
    ...(network?.roofline.unit === 'MAC' ? [{ mark: 'N', ...network.roofline }] : []),
    ...numbered,
    ...others.map((point) => ({ mark: '.', ...point })),
  ];
  return [rooflinePlot(ofArray.roofline, plotted)];
}

function markOf(index: number): string {
  return index < 9 ? String(index + 1) : '*';
}

function layerLine(layer: ExplainedLayer, index: number, objective: string): string {
  const { tile, order, phasesPerGroup, dataflow, buffering } = layer.mapping;
  const slots = Object.entries(buffering ?? {}).map(([tensor, kind]) => `${tensor} ${kind}`);
  const cut = order.map((loop) => `${loop} ${tile[loop]}`).join(', ');
  const { shareOfObjective } = layer;
  const share = shareOfObjective === null ? '' : `, ${formatPercent(shareOfObjective)} of the ${objective}`;
  return (
    `${markOf(index)} ${layer.layer} (${layer.kind})${share}; tiles, outermost loop first: ${cut}` +
    `${phasesPerGroup === 1 ? '' : `; ${phasesPerGroup} phases a group`}${dataflow === undefined ? '' : `; ${dataflow}`}` +
    (slots.length === 0 ? '' : `; slots: ${slots.join(', ')}`)
  );
}

/** The largest part of the cycles, the largest loss, and the tensors that go through DRAM more than once. */
function verdict(title: string, explained: Explained): string {
  const { cycleParts, cycles, traffic, changes, figures, roofline } = explained;
  const byLength = [...cyclePartNames].sort((a, b) => cycleParts[b] - cycleParts[a]);
  const [first, second] = byLength;
  const share = (part: CyclePartName): string =>
    `${wordsOf(part, roofline.unit)} ${formatPercent(cycles === 0 ? 0 : cycleParts[part] / cycles)}`;
  const again = tensors.flatMap((tensor) => {
    const { movedBytes, compulsoryBytes, buffer } = traffic[tensor];
    if (compulsoryBytes === null || movedBytes <= compulsoryBytes) return [];
    const doubled = changes.find(({ change }) => change === `capacity:${buffer}`);
    const saved = doubled === undefined ? undefined : figures.dramBytes - doubled.after.dramBytes;
    return [
      `  ${formatKib(movedBytes - compulsoryBytes)} KiB of ${tensor} go again between DRAM and ${buffer}` +
        (saved === undefined ? '' : `; with twice its capacity all traffic is ${savedWords(saved)}`),
    ];
  });
  return [
    `${title}: cycles go to: ${share(first)}${cycleParts[second] > 0 ? `, then ${share(second)}` : ''}; ` +
      roofWords(roofline),
    ...again,
  ].join('\n');
}

/** How near to the roof of DRAM or array, and of the ports that are busiest if theirs is lower. */
function roofWords({ shareOfRoof, side, unit, roofPerCycle, attainedPerCycle, ports }: Roofline): string {
  const name = side === 'memory' ? 'DRAM' : unit === 'MAC' ? 'array' : 'lanes';
  const words = `${formatPercent(shareOfRoof)} of the roof of the ${name}`;
  const roofs = ports.flatMap(({ buffer, roofPerCycle: roof }) => (roof === null ? [] : [{ buffer, roof }]));
  const [lowest] = roofs.sort((a, b) => a.roof - b.roof);
  if (roofs.length === 0 || lowest.roof >= roofPerCycle) return words;
  return `${words}, ${formatPercent(attainedPerCycle / lowest.roof)} of that of the ports of ${lowest.buffer}`;
}

function wordsOf(part: CyclePartName, unit: string): string {
  return part === 'ideal' && unit !== 'MAC' ? 'lanes at their full rate' : cyclePartWords[part];
}

function savedWords(saved: number): string {
  if (saved === 0) return 'the same';
  return `${formatKib(Math.abs(saved))} KiB ${saved > 0 ? 'less' : 'more'}`;
}
