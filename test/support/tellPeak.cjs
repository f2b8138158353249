// Loaded into a child process: writes the most memory it ever had, in MB, where M7_PEAK_FILE says.
const { writeFileSync } = require('node:fs');

process.on('exit', () => {
  const file = process.env.M7_PEAK_FILE;
  if (file !== undefined) writeFileSync(file, String(Math.round(process.resourceUsage().maxRSS / 1024)));
});
