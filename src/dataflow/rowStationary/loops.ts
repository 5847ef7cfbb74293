import type { ArrayContext, PassShape } from '../pass.js';
import { cutInto, each, largestOf } from '../passLoops.js';
import type { PassLoop } from '../passLoops.js';
import { setHeight } from './mapping.js';
import type { RowStationaryMapping } from './mapping.js';
import { processingPasses } from './processingPasses.js';
import { rowWork } from './work.js';

/** The loops of a pass, by the letters of Eyeriss's mapping (Chen et al., JSSC 52(1), 2017, Table III). */
export function rowLoops(shape: PassShape, context: ArrayContext, mapping: RowStationaryMapping): PassLoop[] {
  const { window, filterCount, channelCount } = shape;
  const { e, p, q, r, t } = mapping;
  const strips = cutInto(window.rows, e);
  const filters = cutInto(filterCount, p * t);
  const channels = cutInto(channelCount, q * r);
  const kernelRows = cutInto(window.kernelHeight, setHeight(window.kernelHeight, context));
  const filterSets = cutInto(largestOf(filters), p);
  const channelSets = cutInto(largestOf(channels), q);
  const workOf = rowWork(shape, context, mapping);
  const ticks = processingPasses(shape, context, mapping).map((pass) => workOf(pass).ticks);
  const most = Math.max(...ticks);
  return [
    { over: 'rows', place: 'time', parts: strips, remark: `strips of e = ${e}` },
    { over: 'filters', place: 'time', parts: filters, remark: `p x t = ${p} x ${t}` },
    { over: 'channels', place: 'time', parts: channels, remark: `q x r = ${q} x ${r}` },
    { over: 'kernel rows', place: 'time', parts: kernelRows },
    { over: 'filters', place: 'array', parts: filterSets, remark: 't PE sets' },
    { over: 'channels', place: 'array', parts: channelSets, remark: 'r PE sets' },
    { over: 'kernel rows', place: 'array', parts: each(largestOf(kernelRows)), remark: 'rows of a PE set' },
    { over: 'rows', place: 'array', parts: each(largestOf(strips)), remark: 'columns of a PE set' },
    { over: 'images', place: 'time', parts: each(window.images), inPe: true },
    { over: 'columns', place: 'time', parts: each(window.columns), inPe: true },
    { over: 'filters', place: 'time', parts: each(largestOf(filterSets)), inPe: true, remark: 'p' },
    { over: 'channels', place: 'time', parts: each(largestOf(channelSets)), inPe: true, remark: 'q' },
    {
      ...{ over: 'kernel columns', place: 'time', parts: each(window.kernelWidth), inPe: true },
      remark: `those that exist: the fullest PE takes ${most} cycles for its p filters and q channels`,
    },
  ];
}
