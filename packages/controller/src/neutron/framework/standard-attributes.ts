import { boolean, list, text } from '../values/index.ts';
import { type AttributeTable, fixed, readOnly, writable } from './attribute.ts';

/** What every object has that belongs to a project. */
export const PROJECT_ATTRIBUTES: AttributeTable = {
  id: readOnly(),
  // Both words for it; who may name another project than his own is asked in `read-body.ts`.
  tenant_id: fixed(text(255), 'absent'),
  project_id: fixed(text(255), 'absent'),
};

/** What Neutron calls standard attributes: who wrote when, and what people note. */
export const STANDARD_ATTRIBUTES: AttributeTable = {
  description: writable(text(255), { value: '' }),
  created_at: readOnly({ canFilter: false }),
  updated_at: readOnly({ canFilter: false }),
  revision_number: readOnly(),
};

/** Filters `tags`, `tags-any`, `not-tags` and `not-tags-any` are the list's own; they are set by paths of their own. */
export const TAGS: AttributeTable = { tags: readOnly({ canFilter: false, canSort: false }) };

export const NAME: AttributeTable = { name: writable(text(255), { value: '' }) };

export const SHARED: AttributeTable = {
  shared: writable(boolean, { value: false }, { onCreate: 'admin', onUpdate: 'admin', canSort: false }),
};

/** Where an object lies; none is configured to mean anything, so hints are kept and zones are empty. */
export const AVAILABILITY_ZONES: AttributeTable = {
  availability_zone_hints: fixed(list(text(255)), { value: [] }, { canSort: false }),
  availability_zones: readOnly({ canFilter: false, canSort: false }),
};
