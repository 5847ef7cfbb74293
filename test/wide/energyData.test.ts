import { expect } from 'chai';
import { readFileSync } from 'node:fs';
import { areaFactor } from '../../src/energy/scaling/areaFactors.js';
import { nodeCoefficients } from '../../src/energy/scaling/coefficients.js';
import { scalingNodes } from '../../src/energy/scaling/scalingNodes.js';
import { lookUpSram } from '../../src/energy/sram.js';
import { loadSramTable } from '../../src/energy/sramTable.js';
import { rowsOf } from '../cli/command.js';
import { requireReferenceData } from './referenceData.js';

describe('energy data, against their sources', () => {
  it('looks up every bank of the CACTI 7 sweep as it was printed, to six digits', async function () {
    const rows = rowsOf(requireReferenceData(this, 'energy/cacti7_sram_sweep.csv'));
    const sram = await loadSramTable('cacti7-sram');
    const compared = new Set<string>();
    for (const row of rows) {
      // The sweep has a few points at other temperatures and of 32 banks, which the table does not hold.
      if (row.temp_K !== '300' || row.n_banks !== '1') continue;
      const found = lookUpSram(sram, {
        buffer: 'glb',
        cell: row.cell_type,
        technologyNm: Number(row.tech_nm),
        capacityBytes: Number(row.capacity_bytes),
        banks: 1,
        wordBits: Number(row.width_bits),
      });
      const printed = (column: string): number => Number(Number(row[column]).toPrecision(6));
      const place = `${row.cell_type} ${row.tech_nm} nm, ${row.capacity_bytes} B by ${row.width_bits}`;
      expect(found, place).to.deep.equal({
        capacityBytes: Number(row.capacity_bytes),
        wordBits: Number(row.width_bits),
        readPj: printed('read_energy_pJ'),
        writePj: printed('write_energy_pJ'),
        leakageMw: printed('leakage_power_per_bank_mW'),
        areaMm2: printed('area_mm2'),
        accessNs: printed('access_time_ns'),
        extrapolated: [],
      });
      compared.add(place);
    }
    expect(compared.size).to.equal(429);
  });

  it('has the coefficients of Stillmaker and Baas', function () {
    const rows = rowsOf(requireReferenceData(this, 'energy/stillmaker_baas_coefficients.csv'));
    const expected = rows.map(({ node, ...coefficients }) => [
      node,
      ...Object.values(coefficients).map(Number),
    ]);
    const carried = nodeCoefficients.map(({ technologyNm, flavour, delay, energy, power }) => [
      `${flavour?.toUpperCase() ?? ''}${technologyNm}`,
      ...[delay, energy, power].flat(),
    ]);
    expect(carried).to.have.deep.members(expected);
  });

  it('has the area factors of Stillmaker and Baas', function () {
    const file = requireReferenceData(this, 'energy/stillmaker_baas_area_scaling.csv');
    const [head, ...rows] = readFileSync(file, 'utf8')
      .trim()
      .split(/\r?\n/)
      .map((line) => line.split(',').slice(1).map(Number));
    expect(head).to.deep.equal([...scalingNodes]);
    expect(scalingNodes.map((from) => scalingNodes.map((to) => areaFactor(from, to)))).to.deep.equal(rows);
  });
});
