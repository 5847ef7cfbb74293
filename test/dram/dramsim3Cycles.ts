/**
 * Clocks until the last data of traces on DRAMsim3 (umd-memsys/DRAMsim3, commit 2981759, configs/DDR4_8Gb_x8_2400.ini with the address
 * map, row policy and number of ranks below; everything else as it is there), run once beside this simulator: for an open page and one rank,
 * two ranks, a closed page and one rank, two ranks.
 */
export const dramsim3Cycles: ReadonlyArray<
  readonly [trace: string, addressMap: string, clocks: readonly [number, number, number, number]]
> = [
  ['hot-rows', 'rochrababgco', [417007, 163397, 578345, 288346]],
  ['hot-rows', 'rorabacochbg', [114448, 86105, 148678, 86229]],
  ['random-mixed', 'rochrababgco', [141140, 99507, 140165, 97113]],
  ['random-mixed', 'rorabacochbg', [141639, 98783, 141756, 97049]],
  ['random-read', 'rochrababgco', [137858, 93206, 137715, 89546]],
  ['random-read', 'rorabacochbg', [137783, 92619, 137933, 89335]],
  ['resnet18-layer3.0.conv1-unpaced', 'rochrababgco', [16174, 16580, 133206, 128841]],
  ['resnet18-layer3.0.conv1-unpaced', 'rorabacochbg', [13086, 13067, 42103, 39157]],
  ['resnet18-layer3.0.conv1', 'rochrababgco', [104605, 104605, 133206, 128841]],
  ['resnet18-layer3.0.conv1', 'rorabacochbg', [104351, 104351, 105977, 105977]],
  ['sparse-random', 'rochrababgco', [400037, 400037, 400020, 400020]],
  ['sparse-random', 'rorabacochbg', [400037, 400037, 400020, 400020]],
  ['sparse-read', 'rochrababgco', [400003, 400003, 811465, 811679]],
  ['sparse-read', 'rorabacochbg', [400003, 400003, 400020, 400020]],
  ['stream-mixed', 'rochrababgco', [113683, 114800, 784813, 784963]],
  ['stream-mixed', 'rorabacochbg', [95629, 95149, 273895, 274147]],
  ['stream-read', 'rochrababgco', [101941, 102605, 811465, 811679]],
  ['stream-read', 'rorabacochbg', [83846, 83822, 258180, 257951]],
  ['stream-write', 'rochrababgco', [102111, 102168, 983779, 984044]],
  ['stream-write', 'rorabacochbg', [84022, 84013, 313463, 313598]],
  ['strided-8k', 'rochrababgco', [137446, 94362, 137076, 93200]],
  ['strided-8k', 'rorabacochbg', [126259, 106031, 294161, 148100]],
];
