import MusterDaemon

await DaemonMain.run()
