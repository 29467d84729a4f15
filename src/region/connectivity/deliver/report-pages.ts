/** The board’s report: as a page, and as a PDF. */
import type { FastifyInstance } from 'fastify';
import { contentDisposition } from '../../../web/attachments.ts';
import { formatMoment, localMoment } from '../../../web/dates.ts';
import { boardReport, reportTitle } from './board-report.ts';
import { shareChart } from './milestone-pages.ts';
import { programmeOf } from './programme.ts';
import { reportPdf } from './report-pdf.ts';
import { type DeliveryParts, overseerOf } from './who.ts';

export function reportPages(app: FastifyInstance, needs: DeliveryParts): void {
  const { shell } = needs;

  app.get('/lines/report', async (request, reply) => {
    await overseerOf(needs, request);
    const programme = await programmeOf(needs);
    return shell.renderPage(reply, 'line-delivery/report.njk', {
      title: reportTitle(programme.at),
      at: formatMoment(programme.at),
      chart: shareChart(programme),
      sections: await boardReport(needs, programme),
    });
  });

  app.get('/lines/report.pdf', async (request, reply) => {
    await overseerOf(needs, request);
    const programme = await programmeOf(needs);
    const title = reportTitle(programme.at);
    const about = [
      `Computed from the register of lines, the orders and the measurements on ${formatMoment(programme.at)}.`,
      ...(programme.plan ? [`Plan: ${programme.plan.name}`] : []),
    ];
    return reply
      .header('content-type', 'application/pdf')
      .header('content-disposition', contentDisposition(`full-fibre-${localMoment(programme.at).key}.pdf`))
      .header('cache-control', 'private, no-store')
      .send(reportPdf({ title, about, at: programme.at, sections: await boardReport(needs, programme) }));
  });
}
