import { HoldfastError } from '@holdfast/core';
import type { JuicefsConfig } from './config.js';
import { bucketUrl } from './config-bucket.js';
import { wholeGibibytes } from './config-format.js';
import { juicefsMetadataUrl } from './metadata-url.js';
import type { VolumeSetting } from './volume.js';

/** The arguments of `juicefs format`. Pure; no secret among them. */
export function formatArguments({ name, bucket, metadata, format }: JuicefsConfig): readonly string[] {
  return [
    'format',
    '--no-update',
    '--no-agent',
    '--storage=s3',
    `--bucket=${bucketUrl(bucket)}`,
    `--block-size=${format.blockSizeBytes / 1024}K`,
    `--compress=${format.compression}`,
    `--trash-days=${format.trashDays}`,
    ...(format.capacityBytes === undefined ? [] : [`--capacity=${wholeGibibytes(format.capacityBytes)}`]),
    ...(format.encryptionKeyFile === undefined ? [] : [`--encrypt-rsa-key=${format.encryptionKeyFile}`]),
    juicefsMetadataUrl(metadata),
    name,
  ];
}

interface Difference {
  readonly option: string;
  readonly volume: string;
  readonly configured: string;
}

/** What of the configuration is fixed and differs from the volume. Pure. */
export function fixedDifferences({ name, bucket, format }: JuicefsConfig, setting: VolumeSetting): readonly Difference[] {
  const pairs: readonly (readonly [string, string, string])[] = [
    ['name', setting.Name, name],
    ['bucket', trimmed(`${setting.Storage} ${setting.Bucket}`), trimmed(`s3 ${bucketUrl(bucket)}`)],
    ['format.blockSize', `${setting.BlockSize} KiB`, `${format.blockSizeBytes / 1024} KiB`],
    ['format.compression', setting.Compression === '' ? 'none' : setting.Compression, format.compression],
    ['format.encryptionKeyFile', has(setting.EncryptKey !== undefined && setting.EncryptKey !== ''), has(format.encryptionKeyFile !== undefined)],
  ];
  return pairs.filter(([, volume, configured]) => volume !== configured).map(([option, volume, configured]) => ({ option, volume, configured }));
}

/** Throws HF_PROVISION_CONFLICT with what could be changed and is not, since Holdfast did not make the volume. */
export function refuseChanges({ name, format }: JuicefsConfig, setting: VolumeSetting, operation: string): void {
  const differences = changeableDifferences({ format }, setting);
  if (differences.length === 0) return;
  throw new HoldfastError('HF_PROVISION_CONFLICT', {
    kind: 'conflict',
    message: `The volume '${name}' was there before Holdfast and is set otherwise: ${said(differences)}`,
    operation,
    context: { volume: name },
    hint: "Write the volume's values into the configuration; or change the volume yourself, by juicefs config, if nobody else relies on them",
  });
}

function changeableDifferences({ format }: Pick<JuicefsConfig, 'format'>, setting: VolumeSetting): readonly Difference[] {
  const capacity = (bytes: number | undefined): string => (bytes === undefined || bytes === 0 ? 'no limit' : `${wholeGibibytes(bytes)} GiB`);
  const pairs: readonly (readonly [string, string, string])[] = [
    ['format.trashDays', String(setting.TrashDays), String(format.trashDays)],
    ['format.capacity', capacity(setting.Capacity), capacity(format.capacityBytes)],
  ];
  return pairs.flatMap(([option, volume, configured]) => (volume === configured ? [] : [{ option, volume, configured }]));
}

/** What `provision` would change, in words. Pure. */
export function changeText(config: JuicefsConfig, setting: VolumeSetting): string {
  return changeableDifferences(config, setting)
    .map(({ option, volume, configured }) => `${option} from ${volume} to ${configured}`)
    .join(', ');
}

function said(differences: readonly Difference[]): string {
  return differences
    .map(({ option, volume, configured }) => `'${option}' is ${volume} in the volume and ${configured} in the configuration`)
    .join('; ');
}

/** What differs and can be changed, as arguments of `juicefs config`. Pure. */
export function changedSettings({ format }: JuicefsConfig, setting: VolumeSetting): readonly string[] {
  const capacityGibibytes = format.capacityBytes === undefined ? 0 : wholeGibibytes(format.capacityBytes);
  return [
    ...(setting.TrashDays === format.trashDays ? [] : [`--trash-days=${format.trashDays}`]),
    ...(wholeGibibytes(setting.Capacity ?? 0) === capacityGibibytes ? [] : [`--capacity=${capacityGibibytes}`]),
  ];
}

/** Throws HF_PROVISION_CONFLICT with option, the volume's value and the configured one; of `options` alone, where they are given. */
export function assertSameFormat(config: JuicefsConfig, setting: VolumeSetting, operation: string, options?: readonly string[]): void {
  const differences = fixedDifferences(config, setting).filter(({ option }) => options?.includes(option) ?? true);
  if (differences.length === 0) return;
  throw new HoldfastError('HF_PROVISION_CONFLICT', {
    kind: 'conflict',
    message: `The volume '${config.name}' was made otherwise: ${said(differences)}`,
    operation,
    context: { volume: config.name },
    hint: isMoved(config, setting)
      ? `Correct 'bucket'. If the same bucket has got another address, tell it to the volume, while nobody has it mounted: juicefs config METADATA-URL --bucket=${bucketUrl(config.bucket)}`
      : "Write the volume's values into the configuration, which are fixed; or make another volume, with another name and database",
  });
}

/** Whether the volume's bucket has the configured one's name, and another address. */
function isMoved({ bucket }: JuicefsConfig, setting: VolumeSetting): boolean {
  const url = trimmed(setting.Bucket);
  return url !== trimmed(bucketUrl(bucket)) && (url.endsWith(`/${bucket.name}`) || url.includes(`//${bucket.name}.`));
}

function has(given: boolean): string {
  return given ? 'an encryption key' : 'no encryption key';
}

function trimmed(text: string): string {
  return text.replace(/\/+$/u, '');
}
