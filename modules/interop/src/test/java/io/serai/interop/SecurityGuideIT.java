package io.serai.interop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.rabbitmq.client.Channel;
import com.rabbitmq.client.Connection;
import com.rabbitmq.client.ConnectionFactory;
import com.rabbitmq.client.GetResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What docs/security.md shows: a user of one's own, permissions, TLS, with real clients. */
@Timeout(600)
class SecurityGuideIT {
  @TempDir Path folder;

  @Test
  @Uses({ThirdParty.MOSQUITTO, ThirdParty.RABBITMQ_JAVA})
  void aUserWithAVerifierMayDoWhatItsPermissionsSay() throws Exception {
    Finished verifier =
        Finished.of(
            new ProcessBuilder(SeraiProcess.home().resolve("serai").toString(), "verifier"),
            300,
            SeraiProcess.freePorts(),
            "secret\n");
    assertThat(verifier.exitCode()).as(verifier.all()).isZero();
    assertThat(verifier.output().strip()).startsWith("scram-sha-256$");
    Path conf = folder.resolve("my.conf");
    Files.writeString(
        conf,
        """
        users {
          guest = null
          plant {
            verifier = "%s"
            permissions."/" {
              configure = "^(plant|mqtt-session)", write = ".*", read = ".*"
              topics."amq.topic" { write = "^plant\\\\.", read = "^plant\\\\." }
            }
          }
        }
        """
            .formatted(verifier.output().strip()));
    Finished checked = SeraiProcess.run("check", "--conf", conf.toString());
    assertThat(checked.exitCode()).as(checked.all()).isZero();

    try (SeraiProcess node = SeraiProcess.start("--conf", conf.toString())) {
      String mqtt = Integer.toString(node.port("mqtt"));
      Finished anonymous =
          publish(List.of("-h", "127.0.0.1", "-p", mqtt, "-t", "plant/1/temp", "-m", "x"));
      assertThat(anonymous.exitCode()).as("nobody is anonymous without guest").isNotZero();
      Finished mine =
          publish(
              List.of(
                  "-h",
                  "127.0.0.1",
                  "-p",
                  mqtt,
                  "-V",
                  "mqttv5",
                  "-u",
                  "plant",
                  "-P",
                  "secret",
                  "-q",
                  "1",
                  "-t",
                  "plant/1/temp",
                  "-m",
                  "x",
                  "-d"));
      assertThat(mine.exitCode()).as(mine.all()).isZero();
      Finished foreign =
          publish(
              List.of(
                  "-h",
                  "127.0.0.1",
                  "-p",
                  mqtt,
                  "-V",
                  "mqttv5",
                  "-u",
                  "plant",
                  "-P",
                  "secret",
                  "-q",
                  "1",
                  "-t",
                  "office/1/temp",
                  "-m",
                  "x",
                  "-d"));
      assertThat(foreign.all()).contains("Not authorized"); // PUBACK 0x87, MQTT 5.0 §3.4.2.1

      ConnectionFactory factory = new ConnectionFactory();
      factory.setHost("127.0.0.1");
      factory.setPort(node.port("amqp"));
      factory.setUsername("plant");
      factory.setPassword("secret");
      try (Connection connection = factory.newConnection()) {
        Channel channel = connection.createChannel();
        channel.queueDeclare("plant.readings", false, false, true, null);
        assertThatThrownBy(() -> channel.queueDeclare("office", false, false, true, null))
            .isInstanceOf(IOException.class)
            .rootCause()
            .hasMessageContaining(
                "ACCESS_REFUSED - configure access to queue 'office' in vhost '/' refused for user"
                    + " 'plant'");
      }
    }
  }

  @Test
  @Uses({ThirdParty.MOSQUITTO, ThirdParty.RABBITMQ_JAVA})
  void mqttAndAmqpOverTlsReachEachOther() throws Exception {
    Path key = folder.resolve("server.key");
    Path certificate =
        SelfSigned.certificate(
            folder, "server", "/CN=localhost", "subjectAltName=DNS:localhost,IP:127.0.0.1");
    Path conf = folder.resolve("tls.conf");
    Files.writeString(
        conf,
        """
        tls { certificate-file = "%s", key-file = "%s" }
        listeners {
          amqp-tls { enabled = true, port = 0 }
          mqtt-tls { enabled = true, port = 0 }
        }
        """
            .formatted(certificate, key));
    try (SeraiProcess node = SeraiProcess.start("--conf", conf.toString())) {
      ConnectionFactory factory = new ConnectionFactory();
      factory.setHost("localhost");
      factory.setPort(node.port("amqp-tls"));
      factory.useSslProtocol(trusting(certificate));
      factory.enableHostnameVerification();
      try (Connection connection = factory.newConnection()) {
        Channel channel = connection.createChannel();
        String queue = channel.queueDeclare().getQueue();
        channel.queueBind(queue, "amq.topic", "plant.#");
        Finished published =
            publish(
                List.of(
                    "-h",
                    "localhost",
                    "-p",
                    Integer.toString(node.port("mqtt-tls")),
                    "--cafile",
                    certificate.toString(),
                    "-u",
                    "guest",
                    "-P",
                    "guest",
                    "-q",
                    "1",
                    "-t",
                    "plant/1/temp",
                    "-m",
                    "21.5"));
        assertThat(published.exitCode()).as(published.all()).isZero();
        GetResponse got = channel.basicGet(queue, true);
        assertThat(got).isNotNull();
        assertThat(new String(got.getBody(), java.nio.charset.StandardCharsets.UTF_8))
            .isEqualTo("21.5");
      }
      Finished plain =
          publish(
              List.of(
                  "-h",
                  "127.0.0.1",
                  "-p",
                  Integer.toString(node.port("mqtt-tls")),
                  "-t",
                  "x",
                  "-m",
                  "x"));
      assertThat(plain.exitCode()).as("plain bytes on a TLS port").isNotZero();
    }
  }

  private static Finished publish(List<String> arguments) throws Exception {
    List<String> command = new java.util.ArrayList<>(List.of("mosquitto_pub"));
    command.addAll(arguments);
    return Finished.of(new ProcessBuilder(command), 120, java.util.Map.of(), "");
  }

  private static SSLContext trusting(Path certificate) throws Exception {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (var in = Files.newInputStream(certificate)) {
      store.setCertificateEntry(
          "server", CertificateFactory.getInstance("X.509").generateCertificate(in));
    }
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, trust.getTrustManagers(), null);
    return context;
  }
}
