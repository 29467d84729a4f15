/**
 * The profiles of implementation guides, made ready: what a resource must fulfil besides the standard. Source: FHIR R4,
 * Profiling FHIR; Validating Resources.
 */
import type { StructureDefinition } from '@medplum/fhirtypes';
import { quoted } from '../message-text.ts';
import { isResourceType } from '../resource-types.ts';
import type { CompiledProfile } from '../validate.ts';
import { type Members, newWalk, type Walk } from '../validation/walk.ts';
import { type ContentRules, checkContent, type KnownExtension } from './check-content.ts';
import { codeSetsOf } from './code-sets.ts';
import { isObject } from './compare-values.ts';
import { compileElement } from './compile-element.ts';
import type { Compiling, ItemCheck } from './compiling.ts';
import { type Item, itemOf } from './element-items.ts';
import { type ElementNode, elementTree } from './element-tree.ts';
import { type Definitions, loadDefinitions } from './load-definitions.ts';
import { type ProfileFault, type Source, tell } from './told-faults.ts';

export interface KnownProfile extends Source {
  readonly version: string | undefined;
  /** The resource type that it constrains. */
  readonly type: string;
}

export interface ProfileSet {
  /** The profiles of resources, in the order of their types and URLs. */
  readonly profiles: readonly KnownProfile[];
  /** A profile by its canonical URL, with or without a version. */
  readonly find: (canonical: string) => CompiledProfile | undefined;
  /**
   * Faults against the profiles that a resource claims in meta.profile, those within it too, and against the definitions
   * of its extensions. The resource has been checked against the standard before, without errors.
   */
  readonly check: (resource: unknown) => readonly ProfileFault[];
  /** The profiles that a resource claims and that are not known here. */
  readonly unknownClaims: (resource: unknown) => readonly string[];
  /** Compiles everything, and tells what of the definitions cannot be checked: each in a sentence. */
  readonly notes: () => readonly string[];
}

/** Opens the profiles of folders, packages (.tgz) and files. Throws a Problem where one cannot be read. */
export function openProfiles(sources: readonly string[]): ProfileSet {
  return profilesOf(loadDefinitions(sources));
}

interface Compiled {
  readonly definition: StructureDefinition;
  readonly source: Source;
  readonly tree: ElementNode;
  readonly check: ItemCheck;
}

/** The same of definitions at hand. */
export function profilesOf(definitions: Definitions): ProfileSet {
  const { structures } = definitions;
  const notes = new Set<string>();
  const codeSets = codeSetsOf(definitions);
  const trees = new Map<string, ElementNode | undefined>();
  const compiled = new Map<string, Compiled | undefined>();

  const treeOf = (url: string): ElementNode | undefined => {
    if (!trees.has(url)) {
      const definition = structures.get(url);
      const made =
        definition && isProfile(definition) ? elementTree(definition, (of) => structures.get(of)) : undefined;
      if (made && 'missing' in made)
        notes.add(
          `${url} is not used: it is based on ${made.missing}, which is not known. Add the package that has it.`,
        );
      trees.set(url, made && 'root' in made ? made.root : undefined);
    }
    return trees.get(url);
  };

  const running: { readonly url: string; readonly value: unknown }[] = [];
  /** Profiles that ask for each other of the same value ask for nothing more the second time. */
  const once = (url: string, { value }: Item, check: () => void): void => {
    if (running.some((one) => one.url === url && one.value === value)) return;
    running.push({ url, value });
    try {
      check();
    } finally {
      running.pop();
    }
  };

  const compile = (url: string): Compiled | undefined => {
    if (compiled.has(url)) return compiled.get(url);
    const definition = structures.get(url);
    const tree = treeOf(url);
    const source = { url, title: definition?.title ?? definition?.name ?? url };
    const compiling: Compiling = {
      ...{ source, codeSets, treeOf },
      typeOf: (of) => structures.get(of)?.type,
      checkOf: (of) =>
        treeOf(of) &&
        ((item, walk) => within(item, walk, () => once(of, item, () => compile(of)?.check(item, walk)))),
      compile: (node) => compileElement(node, compiling),
      note: (message) => notes.add(`${source.title}: ${message}`),
    };
    const made = definition && tree && { definition, source, tree, check: compileElement(tree, compiling) };
    compiled.set(url, made);
    return made;
  };

  const known = [...structures.values()]
    .filter((definition) => isProfile(definition) && isResourceType(definition.type))
    .filter(({ url = '' }) => treeOf(url) !== undefined)
    .map(
      ({ url = '', title, name, version, type }): KnownProfile => ({
        ...{ url, title: title ?? name ?? url, version, type: type ?? '' },
      }),
    )
    .sort((a, b) => (a.type === b.type ? (a.url < b.url ? -1 : 1) : a.type < b.type ? -1 : 1));
  const byUrl = new Map(known.map((profile) => [profile.url, profile]));

  const rules: ContentRules = {
    extension: remembered((url) => {
      const made = structures.get(url)?.type === 'Extension' ? compile(url) : undefined;
      if (!made) return undefined;
      const { definition, source, tree, check } = made;
      return { definition, source, check, isModifier: tree.rules.isModifier === true };
    }),
    claims(resource, walk) {
      for (const canonical of claimsOf(resource)) {
        const made = byUrl.has(plainUrl(canonical)) ? compile(plainUrl(canonical)) : undefined;
        if (made) checkClaim(made, canonical, resource, walk);
      }
    },
  };

  return {
    profiles: known,
    find(canonical) {
      const profile = byUrl.get(plainUrl(canonical));
      if (!profile) return undefined;
      return {
        url: profile.url,
        type: profile.type,
        check(resource) {
          const walk = newWalk(resource as Members, profile.type, quiet); // read only
          const made = compile(profile.url);
          if (made) checkClaim(made, canonical, resource as Members, walk);
          return walk.faults;
        },
      };
    },
    check(resource) {
      const type = (resource as { resourceType?: unknown } | null)?.resourceType;
      if (!isResourceType(type)) return [];
      const walk = newWalk(resource as Members, type, quiet); // it has a resourceType
      checkContent(resource as Members, walk, rules);
      return walk.faults as ProfileFault[]; // all were told by tell()
    },
    unknownClaims: (resource) => claimsOf(resource).filter((canonical) => !byUrl.has(plainUrl(canonical))),
    notes() {
      for (const url of structures.keys()) compile(url);
      return [...notes].sort();
    },
  };
}

/** Of a resource within another, its own rules see it as %resource; one that is whole, as %rootResource too. */
function within({ value }: Item, walk: Walk, check: () => void): void {
  const { resource, rootResource } = walk;
  if (isObject(value) && typeof value['resourceType'] === 'string' && value !== resource) {
    walk.resource = value;
    if (walk.names[walk.depth] !== 'contained') walk.rootResource = value;
  }
  check();
  walk.resource = resource;
  walk.rootResource = rootResource;
}

const quiet = { conditionalReferences: true, bestPractice: false };

const plainUrl = (canonical: string): string => canonical.split('|')[0] ?? canonical;

/** Profiles of types and resources, extensions too; not the standard's types themselves, nor logical models. */
function isProfile({ derivation, kind }: StructureDefinition): boolean {
  return (
    derivation === 'constraint' &&
    (kind === 'resource' || kind === 'complex-type' || kind === 'primitive-type')
  );
}

function checkClaim(made: Compiled, canonical: string, resource: Members, walk: Walk): void {
  const { definition, source, check } = made;
  if (resource['resourceType'] !== definition.type) {
    tell(walk, source, 'type', {
      kind: 'structure',
      message: `The profile is one of ${definition.type}, and this is a ${quoted(String(resource['resourceType']))}.`,
    });
    return;
  }
  const version = canonical.split('|')[1];
  if (version !== undefined && definition.version !== undefined && version !== definition.version)
    tell(walk, source, 'version', {
      kind: 'not-supported',
      severity: 'warning',
      message: `Version ${version} was claimed; this was checked against ${definition.version}.`,
    });
  check(itemOf(resource), walk);
}

function claimsOf(resource: unknown): readonly string[] {
  const meta = (resource as { meta?: unknown } | null | undefined)?.meta;
  const profile = (meta as { profile?: unknown } | null | undefined)?.profile;
  return Array.isArray(profile) ? profile.filter((one) => typeof one === 'string') : [];
}

function remembered(
  make: (url: string) => KnownExtension | undefined,
): (url: string) => KnownExtension | undefined {
  const made = new Map<string, KnownExtension>();
  return (url) => {
    const known = made.get(url) ?? make(url);
    if (known) made.set(url, known);
    return known;
  };
}
