package io.serai.interop;

/** One node with default settings for all tests that leave it as they found it. Started once. */
final class SharedNode {
  private static SeraiProcess node;

  private SharedNode() {}

  /** The running node. It stops with the test JVM. */
  static synchronized SeraiProcess get() {
    if (node == null) {
      SeraiProcess started = SeraiProcess.start();
      Runtime.getRuntime().addShutdownHook(new Thread(started::close));
      node = started;
    }
    return node;
  }
}
