import { z } from 'zod';
import { quote } from '../../document/describeValue.js';
import { faultAt, parseDocument } from '../../document/document.js';
import type { YamlDocument, YamlPath } from '../../document/document.js';
import { actionName, argumentsSchema } from './action.js';
import type { ActionArguments } from './action.js';
import { componentName, nonNegative, once, readSection, versionSchema } from './section.js';

export interface ActionCount {
  readonly name: string;
  readonly arguments: ActionArguments;
  /** Over all instances that the component's name stands for; whole, or the expected value of a statistical model. */
  readonly count: number;
}

export interface ComponentCounts {
  /** From the top of the tree, such as `system.PE[3].mac`. */
  readonly name: string;
  /** An action may stand here several times: its counts add up. */
  readonly actions: readonly ActionCount[];
}

/** Accelergy's `action_counts.yaml`: how often every component does what. */
export interface ActionCounts {
  readonly version: string;
  readonly components: readonly ComponentCounts[];
}

interface LocalNode {
  readonly name: string;
  readonly action_counts: ReadonlyArray<{ name: string; arguments: ActionArguments; counts: number }>;
}

interface TreeNode {
  readonly local?: readonly LocalNode[] | undefined;
  readonly subtree?: ReadonlyArray<TreeNode & { readonly name: string }> | undefined;
}

// Keys are all known here, so that no misspelt one takes its counts along unseen.
const local = z.array(
  z.strictObject({
    name: componentName,
    action_counts: z.array(
      z.strictObject({
        name: actionName,
        arguments: argumentsSchema,
        counts: nonNegative('non-negative number of actions'),
      }),
    ),
  }),
);

const subtree = z.lazy((): z.ZodType<TreeNode['subtree']> =>
  z.array(z.strictObject({ name: componentName, local: local.optional(), subtree: subtree.optional() })),
);

const schema = z.object({
  action_counts: z.strictObject({
    version: versionSchema,
    local: local.optional(),
    subtree: subtree.optional(),
  }),
});

/**
 * Reads action counts of Accelergy 0.2 to 0.4: components in `local` lists, at the top or in a tree of `subtree`s, whose
 * names are put before theirs.
 *
 * @throws UserError at what is no action counts, a count that is no non-negative number, or a repeated component
 */
export async function readActionCounts(path: string): Promise<ActionCounts> {
  const document = await readSection(path, 'action_counts');
  const { action_counts: tree } = parseDocument(document, schema);
  const component = once(document);
  const components = leavesOf(document, tree, '', ['action_counts']).map(({ name, node, path }) => {
    component(name, quote(name), path);
    return {
      name,
      actions: node.action_counts.map(({ name, arguments: given, counts }) => ({
        name,
        arguments: given,
        count: counts,
      })),
    };
  });
  return { version: tree.version, components };
}

interface Leaf {
  readonly name: string;
  readonly node: LocalNode;
  readonly path: YamlPath;
}

function leavesOf(
  document: YamlDocument,
  { local, subtree }: TreeNode,
  prefix: string,
  path: YamlPath,
): Leaf[] {
  if (local === undefined && subtree === undefined) {
    throw faultAt(document, path, 'expected the key local or subtree, got neither');
  }
  return [
    ...(local ?? []).map((node, index) => ({
      name: prefix + node.name,
      node,
      path: [...path, 'local', index, 'name'],
    })),
    ...(subtree ?? []).flatMap((node, index) =>
      leavesOf(document, node, `${prefix}${node.name}.`, [...path, 'subtree', index]),
    ),
  ];
}
