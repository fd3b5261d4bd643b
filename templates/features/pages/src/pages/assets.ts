import { createHash } from 'node:crypto';
import program from './assets/enhance.js';
import drawing from './assets/icon.svg';
import styles from './assets/styles.css';

export const assetsFolder = '/assets/';

/** A file that browsers may keep for ever: another content has another name. */
function asset(name: string, extension: string, contentType: string, content: string) {
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 16);
  const path = `${assetsFolder}${name}.${hash}.${extension}`;
  return { name, extension, path, contentType, content };
}

export const icon = asset('icon', 'svg', 'image/svg+xml', drawing);
export const script = asset('enhance', 'js', 'text/javascript; charset=utf-8', program);
export const stylesheet = asset('styles', 'css', 'text/css; charset=utf-8', styles);

/** The file at a path. A page of another version gets this version's, and must not keep it. */
export function assetAt(path: string) {
  const [name, , extension] = path.slice(assetsFolder.length).split('.');
  const asset = [icon, script, stylesheet].find(
    (candidate) => candidate.name === name && candidate.extension === extension,
  );
  return asset === undefined ? null : { asset, isExact: asset.path === path };
}
