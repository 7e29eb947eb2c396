import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';

/** XML in a file that only this user can read, for as long as it is needed: virsh takes no other way that always works. */
export class XmlFile implements AsyncDisposable {
  readonly path: string;

  static async write(xml: string): Promise<XmlFile> {
    const folder = await mkdtemp(path.join(os.tmpdir(), 'libvirt-xml-'));
    const file = new XmlFile(path.join(folder, 'given.xml'));
    await writeFile(file.path, xml, { mode: 0o600 });
    return file;
  }

  private constructor(file: string) {
    this.path = file;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await rm(path.dirname(this.path), { recursive: true, force: true });
  }
}
