import { checkConfig, type ConfigInput } from "../../src/config/index.ts";
import { configuredHopsOf, type GatewaysAndHops } from "../../src/server/configured-hops.ts";

/** Next hops, gateways, numbers and routes as a config file writes them, checked and made ready. */
export function configured(
  input: Pick<ConfigInput, "nextHops" | "gateways" | "numbers" | "routes">,
): GatewaysAndHops {
  return configuredHopsOf(checkConfig("the test", input, {}));
}

/** Two gateways for everything in the world, the second for emergency calls too; dialled as in Germany. */
export const TWO_GATEWAYS = {
  numbers: { country: "DE" },
  gateways: [
    { name: "first", uri: "sip:203.0.113.1" },
    { name: "second", uri: "sip:203.0.113.2:5070" },
  ],
  routes: [
    { prefix: "+", to: ["first", "second"] },
    { prefix: "+33", to: "second" },
    { number: "112", to: "second" },
  ],
} as const;
