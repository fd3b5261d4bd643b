import { describe, expect, it } from 'vitest';
import { formsOn, navigation, open, sendForm } from './person.ts';
import { formOf, samples } from './sample-files.ts';
import { newTeam } from './team.ts';

async function newFolder() {
  const team = await newTeam();
  const at = `/tenants/${team.tenantId}/files`;
  const upload = (bytes: Uint8Array<ArrayBuffer>) =>
    team.owner.browser.send('POST', at, formOf(bytes), navigation);
  return { ...team, browser: team.owner.browser, at, upload };
}

describe('API-6 files on a page', () => {
  it('are uploaded, listed, downloaded as attachments, and deleted', async () => {
    const { browser, at, upload } = await newFolder();
    const empty = await open(browser, at);
    expect(empty.text).toContain('No files yet');
    // Without it browsers send the name of a file, and nothing of what is in it.
    expect(empty.text).toContain(' enctype="multipart/form-data"');
    expect(empty.text).toContain('PNG, JPEG, WebP or PDF, at most 5 MB.');
    expect((await upload(samples.png)).status).toBe(303);
    const { text } = await open(browser, at);
    const [, link = ''] = /href="(\/api\/[^"]*)" download/.exec(text) ?? [];
    const file = await browser.get(link);
    expect(file.headers.get('Content-Disposition')).toContain('attachment');
    await upload(samples.pdf);
    const deletions = async () =>
      formsOn(await open(browser, at)).filter(({ action }) => action.endsWith('/delete'));
    const offered = (await deletions()).map(({ action }) => action);
    const id = link.split('/').at(-1);
    expect([offered.length, offered.includes(`${at}/${id}/delete`)]).toEqual([2, true]);
    expect(new Set(offered).size).toBe(2);
    for (const action of offered) expect((await sendForm(browser, action)).status).toBe(303);
    expect((await open(browser, at)).text).toContain('No files yet');
  });

  it('what is none of the known formats is refused in words, on the same page', async () => {
    const { upload } = await newFolder();
    const refused = await upload(new Uint8Array([60, 115, 99, 114, 105, 112, 116, 62]));
    expect(refused.status).toBe(415);
    expect(refused.text).toContain('Only pictures');
    const large = await upload(new Uint8Array(5 * 1024 * 1024 + 1));
    expect([large.status, large.text.includes('That file is bigger than 5 MB.')]).toEqual([
      413,
      true,
    ]);
  });

  it('are shown by the name that somebody gave them, which is text', async () => {
    const { browser, at } = await newFolder();
    const form = formOf(samples.png, '<img src=x onerror=alert(1)>');
    expect((await browser.send('POST', at, form, navigation)).status).toBe(303);
    const { text } = await open(browser, at);
    expect(text).toContain('&lt;img src=x onerror=alert(1)&gt;');
    expect(text).not.toContain('<img');
  });

  it('a form with a file from another site is refused', async () => {
    const { browser, at } = await newFolder();
    const headers = {
      ...navigation,
      Origin: 'https://evil.example',
      'Sec-Fetch-Site': 'cross-site',
    };
    expect((await browser.send('POST', at, formOf(samples.png), headers)).status).toBe(403);
  });
});
