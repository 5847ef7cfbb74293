import { commandTable } from '../measure/commandLine.js';
import { dramTable } from '../measure/dram.js';
import { estimateTable } from '../measure/estimates.js';
import { growthTable } from '../measure/growth.js';
import { kernelTable } from '../measure/kernels.js';
import { mappingTable } from '../measure/mapping.js';
import { peerTable } from '../measure/peers.js';
import { scalarTable } from '../measure/scalar.js';
import { startUpTable } from '../measure/startUp.js';
import { storageTable } from '../measure/storage.js';
import { tileTable } from '../measure/tiles.js';
import type { Measurements } from '../runBench.js';
import { goalTable, reachedGoals } from './goals.js';
import type { Table } from './table.js';

/** All that was measured, the figures with a goal first. */
export function allTables(measured: Measurements): Table[] {
  return [
    goalTable(reachedGoals(measured)),
    tileTable(measured.tiles),
    scalarTable(measured.scalar),
    startUpTable(measured.startUp),
    peerTable(measured.peers),
    estimateTable(measured.estimates),
    commandTable(measured.commands),
    kernelTable(measured.kernels),
    growthTable(measured.growth),
    storageTable(measured.storage),
    dramTable(measured.dram),
    mappingTable(measured.mapping),
  ];
}
