// Counts the parts of texts with two calculators of npm: sms-segments-calculator 1.3.0 and split-sms 0.1.7.
//     npm install sms-segments-calculator@1.3.0 split-sms@0.1.7
//     node count.cjs < texts.json > counted.json        (texts.json: a list of texts)
const { SegmentedMessage } = require("sms-segments-calculator");
const { split } = require("split-sms");
const texts = JSON.parse(require("fs").readFileSync(0, "utf8"));
const rows = texts.map((text) => {
  const twilio = new SegmentedMessage(text, "auto", false);
  const other = split(text);
  return { text, calculator: [twilio.encodingName, twilio.segmentsCount], split: [other.characterSet, other.parts.length] };
});
console.log(JSON.stringify(rows));
