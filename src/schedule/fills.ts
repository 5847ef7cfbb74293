import { bytesOf } from '../tensor/precision.js';
import type { LayerProblem } from '../mapping/problem.js';
import { countRead, countWrite } from '../dataflow/counters.js';
import type { AccessTable } from '../dataflow/counters.js';
import { wordsOf } from '../dataflow/ports.js';
import type { Ports } from '../dataflow/ports.js';
import type { Transfer } from './transfer.js';

/**
 * Counts what a DMA transfer does at the buffer: a load writes the tile, its zero padding included, a store reads it.
 * The pattern table lies beside the address generator and not in an SRAM.
 */
export function countFill(table: AccessTable, transfer: Transfer, problem: LayerProblem, ports: Ports): void {
  if (transfer.region === 'table') return;
  const port = slotPortOf(transfer, ports);
  const bytes = transfer.bytes + transfer.zeroFillElements * bytesOf(problem.precision);
  const elements = transfer.elements + transfer.zeroFillElements;
  const { indexBytes = 0 } = transfer;
  const words = wordsOf(port, bytes, 8);
  const ownWords = wordsOf(port, bytes - indexBytes, 8);
  const count = transfer.write ? countRead : countWrite;
  count(table, port.buffer, transfer.tensor, elements, ownWords, bytes - indexBytes);
  if (indexBytes > 0) count(table, port.buffer, 'index', indexBytes, words - ownWords, indexBytes);
}

/** The way to the buffer in which a transfer's slot lies. */
export function slotPortOf(transfer: Transfer, ports: Ports): Ports['ifmap'] {
  switch (transfer.region) {
    case 'input':
      return ports.ifmap;
    case 'weights':
    case 'table':
      return ports.weight;
    case 'psum':
      return ports.psum;
    case 'residual':
    case 'output':
      return ports.ofmap;
    case 'pointers':
      throw new Error('pointers do not enter a buffer');
  }
}
