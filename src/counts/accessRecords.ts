import type { Accelerator } from '../accelerator/accelerator.js';
import { bufferAccess } from '../dataflow/counters.js';
import type { AccessTable, BufferAccess } from '../dataflow/counters.js';
import { tensors } from '../tensor/dataSpace.js';
import type { Tensor } from '../tensor/dataSpace.js';
import type { DeliveredBytes } from './layerCounts.js';

/** Bytes that passes read from the buffers and write to them, all buffers together. */
export function deliveredBytes(passes: AccessTable, buffers: number): Record<Tensor, DeliveredBytes> {
  const delivered = {} as Record<Tensor, DeliveredBytes>;
  for (const tensor of tensors) {
    let readBytes = 0;
    let writeBytes = 0;
    for (let buffer = 0; buffer < buffers; buffer++) {
      const access = bufferAccess(passes, buffer, tensor);
      readBytes += access.readBytes;
      writeBytes += access.writeBytes;
    }
    delivered[tensor] = { readBytes, writeBytes };
  }
  return delivered;
}

/** Accesses by the buffer's name and the tensor. */
export function bufferRecords(
  table: AccessTable,
  accelerator: Accelerator,
): Record<string, Record<Tensor, BufferAccess>> {
  const records: Record<string, Record<Tensor, BufferAccess>> = {};
  accelerator.buffers.forEach((buffer, index) => {
    const byTensor = tensors.map((tensor) => [tensor, bufferAccess(table, index, tensor)] as const);
    records[buffer.name] = Object.fromEntries(byTensor) as Record<Tensor, BufferAccess>;
  });
  return records;
}
