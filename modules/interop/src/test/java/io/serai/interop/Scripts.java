package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Runs the client scripts under src/test/python and src/test/node against a node. */
final class Scripts {
  /** Debian's own Python: where python3-pika and python3-paho-mqtt are. */
  static final String PYTHON = "/usr/bin/python3";

  static final Path NODE_FOLDER = SeraiProcess.home().resolve("modules/interop/src/test/node");
  static final Path PYTHON_FOLDER = SeraiProcess.home().resolve("modules/interop/src/test/python");
  private static final long SECONDS = 600;

  private Scripts() {}

  /**
   * Runs one function of a Python file; it fails the test when the function raises. Ports are in
   * the environment as {@code AMQP}, {@code MQTT}, {@code MQTT_WS}, {@code STOMP}, {@code
   * STOMP_WS}, {@code COAP} and {@code HTTP}.
   */
  static String python(SeraiProcess node, String file, String function, String... arguments)
      throws IOException, InterruptedException {
    List<String> command =
        new ArrayList<>(
            List.of(
                PYTHON,
                "-c",
                "import sys, importlib; sys.dont_write_bytecode = True; sys.path.insert(0,"
                    + " sys.argv[1]); getattr(importlib.import_module(sys.argv[2]),"
                    + " sys.argv[3])(*sys.argv[4:])",
                PYTHON_FOLDER.toString(),
                file,
                function));
    command.addAll(List.of(arguments));
    return checked(command, PYTHON_FOLDER, node);
  }

  /** Runs one exported function of a Node.js file. */
  static String node(SeraiProcess node, String file, String function)
      throws IOException, InterruptedException {
    String script =
        "require('./"
            + file
            + "')."
            + function
            + "().then(() => process.exit(0),"
            + " e => { console.error(e); process.exit(1) })";
    return checked(List.of("node", "-e", script), NODE_FOLDER, node);
  }

  /** Runs a program and fails the test when it does not exit with 0. */
  static String program(SeraiProcess node, String... command)
      throws IOException, InterruptedException {
    return checked(List.of(command), SeraiProcess.home(), node);
  }

  private static String checked(List<String> command, Path folder, SeraiProcess node)
      throws IOException, InterruptedException {
    Finished finished =
        Finished.of(
            new ProcessBuilder(command).directory(folder.toFile()),
            SECONDS,
            Map.of(
                "AMQP", Integer.toString(node.port("amqp")),
                "MQTT", Integer.toString(node.port("mqtt")),
                "MQTT_WS", Integer.toString(node.port("mqtt-ws")),
                "STOMP", Integer.toString(node.port("stomp")),
                "STOMP_WS", Integer.toString(node.port("stomp-ws")),
                "COAP", Integer.toString(node.port("coap")),
                "COAP_TCP", Integer.toString(node.port("coap-tcp")),
                "HTTP", Integer.toString(node.port("http"))),
            "");
    assertThat(finished.exitCode())
        .as("%s\n%s\n--- node:\n%s", command, finished.all(), tail(node.output()))
        .isZero();
    return finished.output();
  }

  private static String tail(String text) {
    return text.substring(Math.max(0, text.length() - 4_000));
  }
}
