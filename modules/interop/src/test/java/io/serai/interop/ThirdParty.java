package io.serai.interop;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The unmodified third-party clients the tests drive. */
enum ThirdParty {
  MOSQUITTO("mosquitto_pub/sub", "apt install mosquitto-clients") {
    @Override
    boolean isPresent() {
      return runs("mosquitto_pub", "--help");
    }
  },
  AMQP_TOOLS("amqp-tools (rabbitmq-c)", "apt install amqp-tools") {
    @Override
    boolean isPresent() {
      return runs("amqp-publish", "--help");
    }
  },
  PIKA("pika", "apt install python3-pika") {
    @Override
    boolean isPresent() {
      return runs(Scripts.PYTHON, "-c", "import pika");
    }
  },
  PY_AMQP("py-amqp", "apt install python3-amqp") {
    @Override
    boolean isPresent() {
      return runs(Scripts.PYTHON, "-c", "import amqp");
    }
  },
  KOMBU("kombu", "apt install python3-kombu") {
    @Override
    boolean isPresent() {
      return runs(Scripts.PYTHON, "-c", "import kombu");
    }
  },
  CELERY("Celery", "apt install python3-celery") {
    @Override
    boolean isPresent() {
      return runs(Scripts.PYTHON, "-c", "import celery");
    }
  },
  PAHO("paho-mqtt (Python)", "apt install python3-paho-mqtt") {
    @Override
    boolean isPresent() {
      return runs(Scripts.PYTHON, "-c", "import paho.mqtt.client");
    }
  },
  STOMP_PY("stomp.py", "apt install python3-stomp") {
    @Override
    boolean isPresent() {
      return runs(Scripts.PYTHON, "-c", "import stomp");
    }
  },
  AMQPLIB("amqplib (Node.js)", "modules/interop/install-clients.sh") {
    @Override
    boolean isPresent() {
      return Files.isDirectory(Scripts.NODE_FOLDER.resolve("node_modules/amqplib"));
    }
  },
  MQTT_JS("mqtt.js (Node.js)", "modules/interop/install-clients.sh") {
    @Override
    boolean isPresent() {
      return Files.isDirectory(Scripts.NODE_FOLDER.resolve("node_modules/mqtt"));
    }
  },
  STOMP_JS("@stomp/stompjs (Node.js)", "modules/interop/install-clients.sh") {
    @Override
    boolean isPresent() {
      return Files.isDirectory(Scripts.NODE_FOLDER.resolve("node_modules/@stomp/stompjs"));
    }
  },
  COAP_JS("coap (Node.js)", "modules/interop/install-clients.sh") {
    @Override
    boolean isPresent() {
      return Files.isDirectory(Scripts.NODE_FOLDER.resolve("node_modules/coap"));
    }
  },
  LIBCOAP("coap-client (libcoap)", "apt install libcoap3-bin") {
    @Override
    boolean isPresent() {
      return runs("coap-client-notls", "-h");
    }
  },
  LIBCOAP_OPENSSL("coap-client with DTLS (libcoap)", "apt install libcoap3-bin") {
    @Override
    boolean isPresent() {
      return runs("coap-client-openssl", "-h");
    }
  },
  CALIFORNIUM("Eclipse Californium", "a Maven dependency"),
  RABBITMQ_JAVA("RabbitMQ Java client", "a Maven dependency"),
  HIVEMQ_JAVA("HiveMQ MQTT client", "a Maven dependency");

  private final String title;
  private final String howToGet;

  ThirdParty(String title, String howToGet) {
    this.title = title;
    this.howToGet = howToGet;
  }

  /** How the client calls itself. */
  String title() {
    return title;
  }

  /** How to install it. */
  String howToGet() {
    return howToGet;
  }

  /** Whether it can be used on this machine. Java clients always can. */
  boolean isPresent() {
    return true;
  }

  private static boolean runs(String... command) {
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .directory(Path.of("/").toFile())
              .start();
      // mosquitto_pub --help exits with 1: that it can be started at all is what counts.
      return process.waitFor(60, TimeUnit.SECONDS)
          && (!command[0].equals(Scripts.PYTHON) || process.exitValue() == 0);
    } catch (IOException e) {
      return false;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return false;
    }
  }
}
