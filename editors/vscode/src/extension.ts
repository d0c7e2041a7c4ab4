// Starts `segql lsp` for the definitions of a workspace, and ends it with the window.
import { type ExtensionContext, workspace } from "vscode";
import { LanguageClient } from "vscode-languageclient/node";

let client: LanguageClient | undefined;

async function start(): Promise<void> {
  const [command = "segql", ...args] = workspace.getConfiguration("segql").get<string[]>("command", ["segql", "lsp"]);
  const cwd = workspace.workspaceFolders?.[0]?.uri.fsPath;
  client = new LanguageClient(
    "segql",
    "segql",
    { command, args, options: { cwd } },
    { documentSelector: [{ language: "segql" }] },
  );
  await client.start();
}

async function stop(): Promise<void> {
  await client?.stop();
  client = undefined;
}

export async function activate(context: ExtensionContext): Promise<void> {
  context.subscriptions.push(
    workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration("segql")) {
        await stop();
        await start();
      }
    }),
  );
  await start();
}

export const deactivate = stop;
