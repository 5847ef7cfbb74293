export { convolvePlanes, convolvePoint } from './convolution';
export { drawNormals } from './normals';
