/** The definitions of implementation guides, from folders, packages and single files. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { extname, join } from 'node:path';
import type { Bundle, CodeSystem, Resource, StructureDefinition, ValueSet } from '@medplum/fhirtypes';
import { Problem, problem } from '../../platform/problem.ts';
import { packedFiles } from './packed-files.ts';
import { readXmlResource } from './read-xml.ts';

/** Definitions by their canonical URL. Where several guides have one, the last wins. */
export interface Definitions {
  readonly structures: ReadonlyMap<string, StructureDefinition>;
  readonly valueSets: ReadonlyMap<string, ValueSet>;
  readonly codeSystems: ReadonlyMap<string, CodeSystem>;
}

/** Of a folder or package; what is an example of a guide is none of its rules. */
const notDefinitions = /(?:^|\/)(?:examples?|other|openapi|xml)\//;
const packageOwn = /(?:^|\/)(?:package\.json|\.index\.json|ig-r4\.json)$/;

/** Reads the sources: each a folder, a package (.tgz) or a file (.json, .xml). Throws a Problem that names the file. */
export function loadDefinitions(sources: readonly string[]): Definitions {
  const structures = new Map<string, StructureDefinition>();
  const valueSets = new Map<string, ValueSet>();
  const codeSystems = new Map<string, CodeSystem>();
  const keep = (resource: Resource | undefined): void => {
    if (resource?.resourceType === 'Bundle')
      for (const entry of (resource as Bundle).entry ?? []) keep(entry.resource);
    else if (resource?.resourceType === 'StructureDefinition') structures.set(resource.url ?? '', resource);
    else if (resource?.resourceType === 'ValueSet') valueSets.set(resource.url ?? '', resource);
    else if (resource?.resourceType === 'CodeSystem') codeSystems.set(resource.url ?? '', resource);
  };
  for (const source of sources)
    for (const { path, bytes } of filesOf(source)) {
      try {
        keep(resourceIn(path, bytes().toString('utf8')));
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw problem('structure', `${path} cannot be read as a definition: ${why}`, { cause: error });
      }
    }
  for (const source of sources) if (structures.size === 0) throw nothingIn(source);
  return { structures, valueSets, codeSystems };
}

interface SourceFile {
  readonly path: string;
  readonly bytes: () => Buffer;
}

function* filesOf(source: string): Generator<SourceFile> {
  let isFolder: boolean;
  try {
    isFolder = statSync(source).isDirectory();
  } catch (cause) {
    throw problem(
      'not-found',
      `PROFILES names ${source}, which cannot be read. Give folders or packages of FHIR definitions.`,
      { cause },
    );
  }
  if (isFolder) {
    for (const name of readdirSync(source, { recursive: true, encoding: 'utf8' }).sort())
      if (/\.(?:json|xml)$/.test(name) && !notDefinitions.test(name) && !packageOwn.test(name))
        yield { path: join(source, name), bytes: () => readFileSync(join(source, name)) };
  } else if (/\.(?:tgz|tar\.gz)$/.test(source)) {
    try {
      for (const { path, bytes } of packedFiles(readFileSync(source)))
        if (path.endsWith('.json') && !notDefinitions.test(path) && !packageOwn.test(path))
          yield { path: `${source}: ${path}`, bytes: () => bytes };
    } catch (cause) {
      if (cause instanceof Problem) throw cause;
      throw problem('structure', `${source} is not a package (a tar archive compressed by gzip).`, { cause });
    }
  } else yield { path: source, bytes: () => readFileSync(source) };
}

function resourceIn(path: string, text: string): Resource | undefined {
  const plain = text.startsWith('\ufeff') ? text.slice(1) : text;
  if (extname(path) !== '.xml') return JSON.parse(plain) as Resource; // only its definitions are used, and those are looked at
  const root = /<([A-Za-z]+)[\s>]/.exec(plain.replace(/<\?[\s\S]*?\?>|<!--[\s\S]*?-->/g, ''))?.[1];
  if (root !== 'StructureDefinition' && root !== 'ValueSet' && root !== 'CodeSystem' && root !== 'Bundle')
    return undefined;
  return readXmlResource(plain) as unknown as Resource; // made by R4's definitions
}

const nothingIn = (source: string): Problem =>
  problem('not-found', `There is no profile (StructureDefinition) in ${source}.`);
