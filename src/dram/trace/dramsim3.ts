import type { RequestFormat } from './format.js';
import { withinDram } from './geometry.js';

/** Words of reads and of writes; those of DRAMsim2's traces are DRAMsim3's, too. */
const readWords = ['READ', 'read', 'P_MEM_RD', 'P_FETCH'];
const writeWords = ['WRITE', 'write', 'P_MEM_WR', 'BOFF'];

/**
 * `0x<address> READ|WRITE <clock>`, as the trace CPU of DRAMsim3 reads it (umd-memsys/DRAMsim3, src/common.cc and src/cpu.cc at
 * 29817593). The address is hexadecimal with or without `0x`; the clock is the DRAM's. A request that cannot be taken at its clock
 * holds up those behind it, as with this controller. Comments and blank lines are read here, but not there, and none are written.
 */
export const dramsim3: RequestFormat = {
  kind: 'requests',
  name: 'dramsim3',
  description: 'requests as DRAMsim3 reads them: 0x<address> READ|WRITE <clock>',
  recognises: (line) => {
    const [, operation = ''] = line.split(/\s+/);
    return [...readWords, ...writeWords].includes(operation);
  },
  read(line, geometry, onRequest) {
    const address = withinDram(line, line.hexadecimal('a hexadecimal address'), geometry);
    line.expect('READ or WRITE');
    const isWrite = line.oneOf(writeWords) >= 0;
    if (!isWrite && line.oneOf(readWords) < 0) throw line.faultOf('READ or WRITE');
    line.expect('the clock of the request');
    const clock = line.decimal('a clock, a whole number');
    line.expectEnd('the clock');
    onRequest(address, isWrite, clock);
  },
  write: (address, isWrite, clock) => `0x${address.toString(16)} ${isWrite ? 'WRITE' : 'READ'} ${clock}`,
};
