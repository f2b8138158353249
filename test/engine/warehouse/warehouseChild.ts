// A process of its own for the warehouse tests: asks for the loads, or loads gold until somebody kills it.
import { PipelineError } from '../../../src/engine/model/errors';
import { validateAndLoad } from '../../../src/engine/stages/goldToSnowflake';
import { openWarehouse } from '../../../src/engine/warehouse';
import { CONFIG, loadInput, openFixture, stepContext } from './warehouseFixture';

async function main([work = '', root = '', date = '']: readonly string[]): Promise<void> {
  const fixture = await openFixture({}, root);
  const warehouse = openWarehouse(fixture.settings, fixture.database, work === 'watch' ? 'look' : 'load');
  try {
    if (work === 'loads') console.log((await warehouse.loads()).size);
    else if (work === 'watch') {
      console.log(`looks at ${(await warehouse.loads()).size}`);
      await new Promise((resolve) => setTimeout(resolve, Number(date)));
    } else {
      const gold = fixture.lake.manifest('gold', date, 'User');
      if (gold === undefined) throw new Error('no gold');
      const context = await stepContext(fixture, CONFIG, {
        runId: 'child',
        log: (_level, message) => console.log(message),
      });
      console.log('started');
      const { report } = await validateAndLoad(context, loadInput(gold), { warehouse, force: false });
      console.log(`loaded ${String(report.rows.loaded)}`);
    }
  } catch (error) {
    if (!(error instanceof PipelineError)) throw error;
    console.log(JSON.stringify([error.code, error.message, error.remedy]));
  } finally {
    await warehouse.close();
    fixture.close();
  }
}
void main(process.argv.slice(2));
