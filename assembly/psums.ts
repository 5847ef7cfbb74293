import { PassJob } from './passJob';

/** Of int48, beyond the low 32 bits. */
const highWord: f64 = 4294967296;

/** Fetches a filter's partial sums from `first` on, before `end`, as they lie in their buffer. `S` is the type of the sums. */
export function fetchPsums<S>(job: PassJob, filter: u32, first: u32, end: u32): void {
  let sums = sumsFrom<S>(job, filter, first);
  let psums = psumsFrom(job, filter, first);
  const bytes = job.psumBytes;
  if (sizeof<S>() == 4 && bytes == 4) {
    memory.copy(sums, psums, <usize>(end - first) << 2);
    return;
  }
  for (let at = first; at < end; at++) {
    if (bytes == 2) store<S>(sums, <S>load<i16>(psums));
    else if (bytes == 4) store<S>(sums, <S>load<i32>(psums));
    else store<S>(sums, <S>(<f64>load<i16>(psums, 4) * highWord + <f64>load<u32>(psums)));
    sums += sizeof<S>();
    psums += bytes;
  }
}

/** Puts a filter's partial sums back. */
export function putPsums<S>(job: PassJob, filter: u32, first: u32, end: u32): void {
  let sums = sumsFrom<S>(job, filter, first);
  let psums = psumsFrom(job, filter, first);
  const bytes = job.psumBytes;
  if (sizeof<S>() == 4 && bytes == 4) {
    memory.copy(psums, sums, <usize>(end - first) << 2);
    return;
  }
  for (let at = first; at < end; at++) {
    const sum = <i64>load<S>(sums);
    if (bytes == 2) store<i16>(psums, <i16>sum);
    else store<u32>(psums, <u32>sum);
    if (bytes == 6) store<i16>(psums, <i16>(sum >> 32), 4);
    sums += sizeof<S>();
    psums += bytes;
  }
}

/** Begins a filter's sums at zero. */
export function clearSums<S>(job: PassJob, filter: u32, first: u32, end: u32): void {
  memory.fill(sumsFrom<S>(job, filter, first), 0, <usize>(end - first) * sizeof<S>());
}

@inline
function sumsFrom<S>(job: PassJob, filter: u32, first: u32): usize {
  return job.sums + <usize>(filter * job.sumPitch + first) * sizeof<S>();
}

@inline
function psumsFrom(job: PassJob, filter: u32, first: u32): usize {
  return job.psums + <usize>((filter * job.positions + first) * job.psumBytes);
}
