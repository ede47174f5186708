package io.serai.node;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Users, permissions and certificates that change while the node runs. */
@Timeout(300)
class ReloadIT {
  private static final int NOT_AUTHORIZED = 0x87;
  private static final int BAD_USER_NAME_OR_PASSWORD = 0x86;
  private static final int NO_MATCHING_SUBSCRIBERS = 0x10;
  private static final String ROUTES = "vhosts.\"/\" {}\n";

  @TempDir Path folder;

  private static String user(String name, String password, String write) {
    return "users.%s { password = %s, permissions.\"/\" { write = \"%s\" } }\n"
        .formatted(name, password, write);
  }

  /** Users stand beside the routes in the file that the test edits. */
  private RunningNode running(String users, String... settings) throws IOException {
    return new RunningNode(folder, ROUTES + users, settings);
  }

  @Test
  void aNewUserLogsInAndADeletedOnesConnectionsEnd() throws Exception {
    try (var running = running(user("old", "x", ".*"));
        MqttWire old = new MqttWire(running.port("mqtt"), "old", "x");
        MqttWire guest = new MqttWire(running.port("mqtt"), "guest", "guest")) {
      assertThat(old.connectReason).isZero();
      edit(running.routingConf, ROUTES + user("fresh", "y", ".*"));
      await(() -> running.node.configVersion() == 2);
      int[] last = old.read();
      assertThat(last[0]).as("DISCONNECT").isEqualTo(0xE0);
      assertThat(last[1]).as("administrative action, MQTT 5.0 §3.14.2.1").isEqualTo(0x98);
      assertThat(old.read()).as("end of stream").isEmpty();
      try (MqttWire fresh = new MqttWire(running.port("mqtt"), "fresh", "y");
          MqttWire again = new MqttWire(running.port("mqtt"), "old", "x")) {
        assertThat(fresh.connectReason).isZero();
        assertThat(again.connectReason).isEqualTo(BAD_USER_NAME_OR_PASSWORD);
      }
      assertThat(guest.publish("t")).as("others stay").isEqualTo(NO_MATCHING_SUBSCRIBERS);
    }
  }

  @Test
  void connectionsOfAVhostThatIsTakenAwayEnd() throws Exception {
    String plant = user("plant", "x", ".*").replace("\"/\"", "lines");
    try (var running = running("vhosts.lines {}\n" + plant);
        MqttWire there = new MqttWire(running.port("mqtt"), "lines:plant", "x");
        MqttWire guest = new MqttWire(running.port("mqtt"), "guest", "guest")) {
      assertThat(there.connectReason).isZero();
      edit(running.routingConf, ROUTES + user("plant", "x", ".*"));
      await(() -> running.node.configVersion() == 2);
      int[] last = there.read();
      assertThat(last[0]).as("DISCONNECT").isEqualTo(0xE0);
      assertThat(last[1]).as("administrative action").isEqualTo(0x98);
      assertThat(there.read()).as("end of stream").isEmpty();
      assertThat(guest.publish("t")).as("others stay").isEqualTo(NO_MATCHING_SUBSCRIBERS);
    }
  }

  @Test
  void permissionsCountForTheNextMessageOfAnOpenConnection() throws Exception {
    try (var running = running(user("plant", "x", ".*"));
        MqttWire plant = new MqttWire(running.port("mqtt"), "plant", "x")) {
      assertThat(plant.publish("t")).isEqualTo(NO_MATCHING_SUBSCRIBERS);
      edit(running.routingConf, ROUTES + user("plant", "x", "^other$"));
      await(() -> running.node.configVersion() == 2);
      assertThat(plant.publish("t")).isEqualTo(NOT_AUTHORIZED);
      edit(running.routingConf, ROUTES + user("plant", "x", ".*"));
      await(() -> running.node.configVersion() == 3);
      assertThat(plant.publish("t")).isEqualTo(NO_MATCHING_SUBSCRIBERS);
    }
  }

  @Test
  void aChangedPasswordCountsForTheNextLoginAndOpenConnectionsStay() throws Exception {
    try (var running = running(user("plant", "one", ".*"));
        MqttWire plant = new MqttWire(running.port("mqtt"), "plant", "one")) {
      edit(running.routingConf, ROUTES + user("plant", "two", ".*"));
      await(() -> running.node.configVersion() == 2);
      try (MqttWire before = new MqttWire(running.port("mqtt"), "plant", "one");
          MqttWire after = new MqttWire(running.port("mqtt"), "plant", "two")) {
        assertThat(before.connectReason).isEqualTo(BAD_USER_NAME_OR_PASSWORD);
        assertThat(after.connectReason).isZero();
      }
      assertThat(plant.publish("t")).isEqualTo(NO_MATCHING_SUBSCRIBERS);
    }
  }

  @Test
  void oneBadUserLeavesUsersAndRoutesAsTheyWere() throws Exception {
    try (var running = running(user("plant", "x", ".*"));
        MqttWire plant = new MqttWire(running.port("mqtt"), "plant", "x")) {
      edit(
          running.routingConf,
          "vhosts.\"/\".queues.q {}\n"
              + user("plant", "x", "^other$")
              + user("bad", "x", "(")
              + user("fresh", "y", ".*"));
      await(() -> !running.node.refusedReload().isEmpty());
      assertThat(running.node.refusedReload().getFirst()).contains("routing.conf:3");
      assertThat(running.node.table().queueCount()).isZero();
      assertThat(plant.publish("t")).isEqualTo(NO_MATCHING_SUBSCRIBERS);
      try (MqttWire fresh = new MqttWire(running.port("mqtt"), "fresh", "y")) {
        assertThat(fresh.connectReason).isEqualTo(BAD_USER_NAME_OR_PASSWORD);
      }
    }
  }

  @Test
  void whatTheRoutingCoreRefusesKeepsTheUsersToo() throws Exception {
    try (var running = running(user("plant", "x", ".*"))) {
      edit(
          running.routingConf,
          "vhosts.\"/\".exchanges.plant { type = nonsense }\n" + user("fresh", "y", ".*"));
      await(() -> !running.node.refusedReload().isEmpty());
      try (MqttWire plant = new MqttWire(running.port("mqtt"), "plant", "x")) {
        assertThat(plant.connectReason).isZero();
      }
    }
  }

  @Test
  void whatWaitsForARestartDoesNotMakeTheNodeUnready() throws Exception {
    try (var running = running("")) {
      edit(running.routingConf, ROUTES + "listeners.more { protocol = mqtt, port = 0 }\n");
      await(() -> running.node.configVersion() == 2);
      assertThat(running.get("/health/ready").statusCode()).isEqualTo(200);
    }
  }

  @Test
  void aRenewedCertificateIsShownFromTheNextHandshakeOn() throws Exception {
    PemPair.write(folder, "first");
    try (var running =
        running(
            "",
            "tls { certificate-file = server.crt, key-file = server.key }",
            "listeners.mqtt-tls { enabled = true, port = 0 }")) {
      int port = running.port("mqtt-tls");
      assertThat(subject(port)).isEqualTo("CN=first");
      try (SSLSocket open = connect(port)) {
        PemPair.write(folder, "second");
        await(() -> running.node.configVersion() == 2);
        assertThat(subject(port)).isEqualTo("CN=second");
        open.getOutputStream().write(new byte[] {(byte) 0xC0, 0}); // still encrypted as it was
      }
      Files.writeString(folder.resolve("server.key"), "no key at all\n");
      await(() -> !running.node.refusedReload().isEmpty());
      assertThat(running.node.refusedReload().getFirst())
          .contains("serai.conf:1 tls.key-file: listener mqtt-tls: TLS:")
          .contains("server.key");
      assertThat(subject(port)).isEqualTo("CN=second");
    }
  }

  private static String subject(int port) throws Exception {
    try (SSLSocket socket = connect(port)) {
      X509Certificate shown = (X509Certificate) socket.getSession().getPeerCertificates()[0];
      return shown.getSubjectX500Principal().getName();
    }
  }

  private static SSLSocket connect(int port) throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new TrustsEverybody()}, new SecureRandom());
    SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port);
    socket.setSoTimeout(60_000);
    socket.startHandshake();
    return socket;
  }

  private static final class TrustsEverybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String authType) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }

  private static void edit(Path file, String text) throws IOException {
    Path temporary = Files.writeString(file.resolveSibling("new"), text);
    Files.move(
        temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited a minute").isLessThan(deadline);
      Thread.sleep(20);
    }
  }
}
