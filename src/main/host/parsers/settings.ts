/** What a host may send to the calls about settings. */
import { z } from 'zod';
import type { Parsers } from '../../../shared/contract.ts';
import type { SettingCalls } from '../../../shared/calls/settings.ts';
import { settingsInput } from '../../catalogue/setting-values.ts';

export const settingParsers: Pick<Parsers, keyof SettingCalls> = {
  'setting.get': z.null(),
  'setting.set': settingsInput,
};
