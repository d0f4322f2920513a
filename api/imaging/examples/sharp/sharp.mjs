// The same work by sharp, as well as sharp can: one decode, then both sizes of its pixels.
// Called by main.rs: `node sharp.mjs ROUNDS OUTPUT PHOTO…`; prints CPU milliseconds a photo and peak kB.
import { readFileSync, writeFileSync } from 'node:fs';
import sharp from 'sharp';

const [rounds, output, ...photos] = process.argv.slice(2);
sharp.concurrency(1);
sharp.cache(false);

async function renditions(bytes) {
  const fit = (edge) => ({ width: edge, height: edge, fit: 'inside', withoutEnlargement: true });
  const { data, info } = await sharp(bytes).rotate().resize(fit(1600)).raw().toBuffer({ resolveWithObject: true });
  const raw = { width: info.width, height: info.height, channels: info.channels };
  const large = await sharp(data, { raw }).jpeg({ quality: 80 }).toBuffer();
  const thumb = await sharp(data, { raw }).resize(fit(320)).jpeg({ quality: 80 }).toBuffer();
  return { large, thumb };
}

const first = await renditions(readFileSync(photos[0]));
writeFileSync(`${output}-large.jpg`, first.large);
writeFileSync(`${output}-thumb.jpg`, first.thumb);
const before = process.cpuUsage();
for (let round = 0; round < Number(rounds); round++) {
  for (const photo of photos) await renditions(readFileSync(photo));
}
const used = process.cpuUsage(before);
const peak = /VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1];
const photo = Number(rounds) * photos.length;
console.log(`${(used.user + used.system) / 1000 / photo} ${peak}`);
