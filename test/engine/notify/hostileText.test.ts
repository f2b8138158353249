// Alerts of a hostile day over a real mail server and webhook: in mail, Slack and Teams everything of others is text.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import MarkdownIt from 'markdown-it';
import { slackBody, teamsBody } from '../../../src/engine/notify/alerts/webhookBody';
import type { AlertContent } from '../../../src/engine/notify/alerts';
import { runDay, writeDay } from '../../support/day';
import { useFolder } from '../../support/folder';
import { hostileDay } from '../../support/hostileDay';
import { ALL_HOSTILE, CANARY } from '../../support/hostileTexts';
import { startMailServer } from '../../support/mailServer';
import { actingElements } from '../../support/markdownReaders';

/** What would act wherever it is read; lines of ours end. */
const ACTS = /(?!\n|\r\n)\p{Cc}|[\u202a-\u202e\u2066-\u2069]/u;

describe('alerts of hostile texts', function () {
  this.timeout(60_000);
  const folder = useFolder();

  /** The mail of a hostile day, and what a webhook is told of it. */
  async function alerted(): Promise<{
    readonly mail: { readonly raw: string; readonly text: string; readonly html: string };
    readonly content: AlertContent;
  }> {
    const mails = await startMailServer();
    const posted: unknown[] = [];
    const hook = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (text: string) => (body += text));
      request.on('end', () => {
        posted.push(JSON.parse(body));
        response.end();
      });
    });
    await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
    const { port } = hook.address() as AddressInfo;
    try {
      const day = hostileDay();
      writeDay(folder(), {
        ...day,
        settings: `${day.settings ?? ''}ENABLE_EMAIL_ALERTS=true\nSMTP_SERVER=127.0.0.1\nSMTP_PORT=${mails.port}\nADMIN_EMAIL=ops@example.org\nALERT_WEBHOOK_URL=http://127.0.0.1:${port}/hook-of-this-test\n`,
      });
      await runDay(folder());
      const [mail] = mails.mails;
      assert.ok(mail !== undefined && posted.length === 1);
      return { mail, content: posted[0] as AlertContent };
    } finally {
      hook.close();
      await mails.close();
    }
  }

  it('are text in the mail, in Slack and in Teams', async () => {
    const { mail, content } = await alerted();
    // Everything else of an alert that might hold a text of others, too.
    const all: AlertContent = {
      ...content,
      headline: `> ${content.headline} ${ALL_HOSTILE}`,
      stopped: { code: 'CONFIG_INVALID', message: `> ${ALL_HOSTILE}`, remedy: `- ${ALL_HOSTILE}` },
      commands: [`m7 status ${ALL_HOSTILE}`],
    };

    assert.ok(mail.text.includes('Show the row') && mail.html.includes('Show the row'));
    assert.doesNotMatch(mail.text, ACTS);
    assert.doesNotMatch(mail.html, ACTS);
    assert.doesNotMatch(mail.html, /<(?:img|script|a|link|iframe|object|form|b>\S*eman)\b/i);
    assert.doesNotMatch(mail.html, /\s(?:src|href|on\w+)=(?:"|'|h)/i);
    assert.doesNotMatch(mail.raw.split('\r\n\r\n')[0] ?? '', /^Bcc:/im);

    const slack = slackBody(all) as {
      readonly text: string;
      readonly blocks: readonly { text?: { type: string; text: string } }[];
    };
    const marked = [
      slack.text,
      ...slack.blocks.flatMap(({ text }) => (text?.type === 'mrkdwn' ? [text.text] : [])),
    ];
    assert.ok(marked.some((text) => text.includes(CANARY)));
    for (const text of marked) {
      assert.doesNotMatch(text, ACTS);
      assert.doesNotMatch(text, /[<>]/, 'a mention, a channel or a link');
      assert.doesNotMatch(text, /:(?=[^:]*[a-z+])[\w+'-]+:/, 'an emoji');
      assert.doesNotMatch(text, /^(?:&gt;|>)/m, 'a quotation');
      // Stars are ours: around the names of steps and rules, in pairs on a line.
      for (const line of text.split('\n'))
        assert.equal((line.replaceAll(/\u200b\*\u200b/g, '').match(/\*/g) ?? []).length % 2, 0, line);
    }

    const read = new MarkdownIt({ html: true });
    const blocks = (
      teamsBody(all) as { attachments: readonly { content: { body: readonly { text: string }[] } }[] }
    ).attachments.flatMap((one) => one.content.body.map(({ text }) => text));
    assert.ok(blocks.some((text) => text.includes('Show the row')));
    for (const text of blocks) {
      assert.doesNotMatch(text, ACTS);
      assert.doesNotMatch(text, /\{\{/, 'a function of the card');
      assert.deepEqual(actingElements(read.render(text)), [], text);
    }
  });
});
