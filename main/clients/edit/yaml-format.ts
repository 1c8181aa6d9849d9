import type { EntryFormat } from './entry-format.ts';
import { cutFromYaml } from './yaml-cut.ts';
import { yamlDocument } from './yaml-document.ts';
import { insertIntoYaml } from './yaml-insert.ts';
import { yamlMeaning } from './yaml-tree.ts';

/** YAML, one document. */
export const yamlFormat: EntryFormat = {
  read: (text) => yamlMeaning(yamlDocument(text)),
  insert: insertIntoYaml,
  cut: cutFromYaml,
};
