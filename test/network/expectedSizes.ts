/**
 * Per layer: name, MACs, weights, bias, batch-norm parameters; then the totals.
 * Source: network_layers.csv, network_totals.csv: the public model definitions (kuangliu's pytorch-cifar); Tiny ImageNet's
 * heads follow from them.
 */
export interface ExpectedSizes {
  readonly macs: number;
  readonly parameters: number;
  readonly layers: string;
}

export const expectedSizes: Readonly<Record<string, ExpectedSizes>> = {
  'resnet18-cifar10': {
    macs: 555422720,
    parameters: 11173962,
    layers: `
      conv1 1769472 1728 0 128
      layer1.0.conv1 37748736 36864 0 128
      layer1.0.conv2 37748736 36864 0 128
      layer1.1.conv1 37748736 36864 0 128
      layer1.1.conv2 37748736 36864 0 128
      layer2.0.conv1 18874368 73728 0 256
      layer2.0.conv2 37748736 147456 0 256
      layer2.0.shortcut 2097152 8192 0 256
      layer2.1.conv1 37748736 147456 0 256
      layer2.1.conv2 37748736 147456 0 256
      layer3.0.conv1 18874368 294912 0 512
      layer3.0.conv2 37748736 589824 0 512
      layer3.0.shortcut 2097152 32768 0 512
      layer3.1.conv1 37748736 589824 0 512
      layer3.1.conv2 37748736 589824 0 512
      layer4.0.conv1 18874368 1179648 0 1024
      layer4.0.conv2 37748736 2359296 0 1024
      layer4.0.shortcut 2097152 131072 0 1024
      layer4.1.conv1 37748736 2359296 0 1024
      layer4.1.conv2 37748736 2359296 0 1024
      fc 5120 5120 10 0
    `,
  },
  'resnet18-tinyimagenet': {
    macs: 2221772800,
    parameters: 11271432,
    layers: `
      conv1 7077888 1728 0 128
      layer1.0.conv1 150994944 36864 0 128
      layer1.0.conv2 150994944 36864 0 128
      layer1.1.conv1 150994944 36864 0 128
      layer1.1.conv2 150994944 36864 0 128
      layer2.0.conv1 75497472 73728 0 256
      layer2.0.conv2 150994944 147456 0 256
      layer2.0.shortcut 8388608 8192 0 256
      layer2.1.conv1 150994944 147456 0 256
      layer2.1.conv2 150994944 147456 0 256
      layer3.0.conv1 75497472 294912 0 512
      layer3.0.conv2 150994944 589824 0 512
      layer3.0.shortcut 8388608 32768 0 512
      layer3.1.conv1 150994944 589824 0 512
      layer3.1.conv2 150994944 589824 0 512
      layer4.0.conv1 75497472 1179648 0 1024
      layer4.0.conv2 150994944 2359296 0 1024
      layer4.0.shortcut 8388608 131072 0 1024
      layer4.1.conv1 150994944 2359296 0 1024
      layer4.1.conv2 150994944 2359296 0 1024
      fc 102400 102400 200 0
    `,
  },
  'vgg16-cifar10': {
    macs: 313201664,
    parameters: 14728266,
    layers: `
      conv1_1 1769472 1728 64 128
      conv1_2 37748736 36864 64 128
      conv2_1 18874368 73728 128 256
      conv2_2 37748736 147456 128 256
      conv3_1 18874368 294912 256 512
      conv3_2 37748736 589824 256 512
      conv3_3 37748736 589824 256 512
      conv4_1 18874368 1179648 512 1024
      conv4_2 37748736 2359296 512 1024
      conv4_3 37748736 2359296 512 1024
      conv5_1 9437184 2359296 512 1024
      conv5_2 9437184 2359296 512 1024
      conv5_3 9437184 2359296 512 1024
      fc 5120 5120 10 0
    `,
  },
  'vgg16-tinyimagenet': {
    macs: 1253195776,
    parameters: 15132936,
    layers: `
      conv1_1 7077888 1728 64 128
      conv1_2 150994944 36864 64 128
      conv2_1 75497472 73728 128 256
      conv2_2 150994944 147456 128 256
      conv3_1 75497472 294912 256 512
      conv3_2 150994944 589824 256 512
      conv3_3 150994944 589824 256 512
      conv4_1 75497472 1179648 512 1024
      conv4_2 150994944 2359296 512 1024
      conv4_3 150994944 2359296 512 1024
      conv5_1 37748736 2359296 512 1024
      conv5_2 37748736 2359296 512 1024
      conv5_3 37748736 2359296 512 1024
      fc 409600 409600 200 0
    `,
  },
  // torchvision's vgg16
  'vgg16-imagenet': {
    macs: 15470264320,
    parameters: 138357544,
    layers: `
      conv1_1 86704128 1728 64 0
      conv1_2 1849688064 36864 64 0
      conv2_1 924844032 73728 128 0
      conv2_2 1849688064 147456 128 0
      conv3_1 924844032 294912 256 0
      conv3_2 1849688064 589824 256 0
      conv3_3 1849688064 589824 256 0
      conv4_1 924844032 1179648 512 0
      conv4_2 1849688064 2359296 512 0
      conv4_3 1849688064 2359296 512 0
      conv5_1 462422016 2359296 512 0
      conv5_2 462422016 2359296 512 0
      conv5_3 462422016 2359296 512 0
      fc6 102760448 102760448 4096 0
      fc7 16777216 16777216 4096 0
      fc8 4096000 4096000 1000 0
    `,
  },
  // MACs of the convolutions: a quarter of those that Chen et al., JSSC 52(1), 2017 give for four images. The total of parameters is
  // that of the original with two groups, 60,965,224.
  'alexnet-imagenet': {
    macs: 724406816,
    parameters: 60965224,
    layers: `
      conv1 105415200 34848 96 0
      conv2 223948800 307200 256 0
      conv3 149520384 884736 384 0
      conv4 112140288 663552 384 0
      conv5 74760192 442368 256 0
      fc6 37748736 37748736 4096 0
      fc7 16777216 16777216 4096 0
      fc8 4096000 4096000 1000 0
    `,
  },
};
