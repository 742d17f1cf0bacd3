/** From the body of a PUT to what is stored: every name decidable now must be unique. */
import { overrideClashes } from '@sluice/contract/override-clashes';
import type { Draft } from '../configuration/configuration-writer.ts';
import { jsonPointer } from '../http/json-pointer.ts';
import { type FieldError, unprocessable } from '../http/problem.ts';
import {
  type NamespaceBody,
  type NamespaceConfig,
  type NamespaceState,
  namespaceConfig,
} from './namespace.ts';
import { namespacePolicy } from './namespace-policy.ts';

type Complaint = Omit<FieldError, 'in'>;

export async function draftNamespace(
  body: NamespaceBody,
  { name }: { readonly name: string },
): Promise<Draft<NamespaceConfig, NamespaceState>> {
  const config = namespaceConfig.parse(body);
  const complaints = [...repeatedServers(config), ...longNames(config), ...clashes(name, config)];
  if (complaints.length > 0) throw unprocessable(complaints);
  return { config, state: {} };
}

function repeatedServers({ members }: NamespaceConfig): Complaint[] {
  return members.flatMap(({ server }, index) => {
    const first = members.findIndex((other) => other.server === server);
    if (first === index) return [];
    const message = `${server} is member ${first} already: a server can be in a namespace once`;
    return [{ pointer: jsonPointer(['members', index, 'server']), code: 'repeated', message }];
  });
}

function longNames({ members, max_name_length }: NamespaceConfig): Complaint[] {
  return members.flatMap(({ tools }, index) =>
    Object.entries(tools)
      .filter(([, { name }]) => (name?.length ?? 0) > max_name_length)
      .map(([tool]) => ({
        pointer: jsonPointer(['members', index, 'tools', tool, 'name']),
        code: 'too_long',
        message: `has more than max_name_length (${max_name_length}) characters: clients would see another name`,
      })),
  );
}

/** Clashes that depend on what servers list are in the status instead. */
function clashes(name: string, config: NamespaceConfig): Complaint[] {
  return overrideClashes(namespacePolicy(name, config)).flatMap(({ visibleName, claimants }) =>
    claimants.slice(1).map(({ member, server, name: tool }) => {
      const [first] = claimants;
      const taken = first ? `${first.server}/${first.name}` : 'another tool';
      return {
        pointer: jsonPointer(['members', member, 'tools', tool]),
        code: 'name_clash',
        message: `${server}/${tool} would be visible as "${visibleName}", which is ${taken}: give one of them another name`,
      };
    }),
  );
}
