// The operations on rulesets.

import type { Operation } from '../../operation.ts'
import { createRuleset } from './create.ts'
import { createRule } from './create-rule.ts'
import { deleteRuleset } from './delete.ts'
import { removeRule } from './delete-rule.ts'
import { deleteRulesetVersion } from './delete-version.ts'
import { patchRule } from './edit-rule.ts'
import { getRuleset } from './get.ts'
import { getRulesetByTag } from './get-by-tag.ts'
import { getRulesetEntryPoint } from './get-entry-point.ts'
import { getEntryPointVersion, getRulesetVersion } from './get-version.ts'
import { listAllRulesets } from './list.ts'
import { listEntryPointVersions, listRulesetVersions } from './list-versions.ts'
import { putRulesetEntryPoint } from './put-entry-point.ts'
import { updateRuleset } from './update.ts'

export const RULESET_OPERATIONS: readonly Operation[] = [
  ...listAllRulesets,
  ...createRuleset,
  ...getRuleset,
  ...updateRuleset,
  ...deleteRuleset,
  ...getRulesetEntryPoint,
  ...putRulesetEntryPoint,
  ...listRulesetVersions,
  ...listEntryPointVersions,
  ...getRulesetVersion,
  ...getEntryPointVersion,
  ...getRulesetByTag,
  ...deleteRulesetVersion,
  ...createRule,
  ...patchRule,
  ...removeRule,
]
