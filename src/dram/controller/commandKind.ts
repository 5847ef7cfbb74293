/** Kinds of commands, as clocks are kept by kind in `bankFrom` and `groupFrom`: four to a bank and to a group. */
export const READ = 0;
export const WRITE = 1;
export const ACTIVATE = 2;
export const PRECHARGE = 3;
