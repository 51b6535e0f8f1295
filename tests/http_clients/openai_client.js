// The openai package, as its users set it up.
import OpenAI from "openai";

export const openAiOf = (daemon) =>
  new OpenAI({
    baseURL: `${daemon.url}/v1`,
    apiKey: "unused",
    maxRetries: 0,
  });
