import MusterCommands

await MusterMain.run()
