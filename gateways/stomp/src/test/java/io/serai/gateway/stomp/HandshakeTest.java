package io.serai.gateway.stomp;

import static org.assertj.core.api.Assertions.assertThat;

import io.serai.gateway.AuthResult;
import io.serai.gateway.Credentials;
import io.serai.gateway.Settings;
import io.serai.gateway.harness.Recorded;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HandshakeTest {
  private final TestClient client = new TestClient();

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1.0         | 1.0
          1.0,1.1     | 1.1
          1.2,1.0,1.1 | 1.2
          1.1, 2.0    | 1.1
          """)
  void theNewestCommonVersionIsSpoken(String offered, String chosen) {
    client.says(
        "CONNECT\naccept-version:%s\nhost:/\nlogin:guest\npasscode:guest\n\n^@".formatted(offered));
    client.letIn();
    assertThat(client.sent())
        .isEqualTo(
            "CONNECTED\nversion:%s\nsession:name1\nserver:Serai/0.1.0\nheart-beat:0,0\n\n^@"
                .formatted(chosen));
  }

  @Test
  void withoutAcceptVersionItIsOneDotZeroAndSpacesDoNotCount() {
    client.says(Vectors.read("connect-1.0"));
    assertThat(client.session.recorded(Recorded.Authenticating.class))
        .containsExactly(new Recorded.Authenticating(new Credentials.Plain("guest", "guest")));
    client.letIn();
    assertThat(client.sent()).startsWith("CONNECTED\nversion:1.0\n");
  }

  @Test
  void stompIsAnotherNameOfConnect() {
    client.says("STOMP\naccept-version:1.1\nhost:/\nlogin:guest\npasscode:guest\n\n^@");
    client.letIn();
    assertThat(client.sent()).startsWith("CONNECTED\nversion:1.1\n");
  }

  @Test
  void anUnknownVersionIsToldWhichThereAre() {
    client.says("CONNECT\naccept-version:1.3,2.0\nhost:/\nreceipt:r\n\n^@");
    assertThat(client.sent())
        .startsWith("ERROR\nmessage:Version mismatch\nreceipt-id:r\nversion:1.0,1.1,1.2\n");
    assertThat(client.session.closeReason()).isEqualTo("unsupported_version");
  }

  @Test
  void theHostIsTheVhost() {
    client.says("CONNECT\naccept-version:1.2\nhost:plant\nlogin:guest\npasscode:x\n\n^@");
    client.letIn();
    var entered = client.session.recorded(Recorded.Entered.class).getFirst().origin();
    assertThat(entered.vhost()).isEqualTo("plant");
    assertThat(entered.protocol()).isEqualTo("stomp-1.2");
    assertThat(entered.user()).isEqualTo("guest");
  }

  @Test
  void withoutHostItIsTheListenersVhost() {
    client.says("CONNECT\naccept-version:1.2\nlogin:guest\npasscode:x\n\n^@");
    client.letIn();
    assertThat(client.session.recorded(Recorded.Entered.class).getFirst().origin().vhost())
        .isEqualTo("/");
  }

  @Test
  void anUnknownHostIsRefused() {
    client.session.removeVhost("nowhere");
    client.says("CONNECT\naccept-version:1.2\nhost:nowhere\nlogin:guest\npasscode:x\n\n^@");
    client.letIn();
    assertThat(client.sent())
        .startsWith("ERROR\nmessage:Bad CONNECT\n")
        .contains("Virtual host 'nowhere' not found");
    assertThat(client.session.closeReason()).isEqualTo("error");
  }

  @Test
  void aVhostTheUserMayNotEnterIsRefused() {
    client.session.forbidVhost("secret");
    client.says("CONNECT\naccept-version:1.2\nhost:secret\nlogin:guest\npasscode:x\n\n^@");
    client.letIn();
    assertThat(client.sent()).contains("Access to virtual host 'secret' refused for user 'guest'");
  }

  /** stomp.py and others write where they connected to. */
  @Test
  void aHostThatNamesThisMachineIsNoVhostUnlessThereIsOne() {
    client.session.removeVhost("localhost");
    client.says("CONNECT\naccept-version:1.2\nhost:localhost\nlogin:guest\npasscode:x\n\n^@");
    client.letIn();
    assertThat(client.session.recorded(Recorded.Entered.class).getFirst().origin().vhost())
        .isEqualTo("/");
    assertThat(client.sent()).startsWith("CONNECTED");
  }

  @Test
  void aWrongPasswordIsRefusedWithoutAHint() {
    client.says("CONNECT\naccept-version:1.2\nhost:/\nlogin:guest\npasscode:wrong\n\n^@");
    client.session.authenticated(new AuthResult.Denied("no such user"));
    assertThat(client.sent())
        .startsWith("ERROR\nmessage:Bad CONNECT\n")
        .contains("Access refused for user 'guest'")
        .doesNotContain("no such user");
    assertThat(client.session.closeReason()).isEqualTo("error");
  }

  @Test
  void withoutLoginTheListenerDecides() {
    client.says("CONNECT\naccept-version:1.2\nhost:/\n\n^@");
    assertThat(client.session.recorded(Recorded.Authenticating.class))
        .containsExactly(new Recorded.Authenticating(new Credentials.Anonymous()));

    TestClient strict = new TestClient(TestClient.info("tcp", false, null), Settings.DEFAULTS);
    strict.says("CONNECT\naccept-version:1.2\nhost:/\n\n^@");
    assertThat(strict.sent()).contains("asks for the headers login and passcode");
    assertThat(strict.session.closeReason()).isEqualTo("error");
  }

  @Test
  void aClientCertificateIsALogin() {
    TestClient tls =
        new TestClient(TestClient.info("tls", false, "CN=sensor-7"), Settings.DEFAULTS);
    tls.says("CONNECT\naccept-version:1.2\nhost:/\n\n^@");
    assertThat(tls.session.recorded(Recorded.Authenticating.class))
        .containsExactly(new Recorded.Authenticating(new Credentials.Certificate("CN=sensor-7")));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          0,0         | 0,0         | 0     | 0
          10000,20000 | 20000,10000 | 20000 | 10000
          0,5000      | 5000,0      | 0     | 2500
          100,50      | 1000,1000   | 2000  | 500
          """)
  void heartBeatsAreAgreedOn(String client, String server, long readTimeout, long writeIdle) {
    this.client.says(TestClient.CONNECT_1_2 + "heart-beat:" + client + "\n\n^@");
    this.client.letIn();
    assertThat(this.client.sent()).contains("\nheart-beat:" + server + "\n");
    assertThat(this.client.session.recorded(Recorded.Keepalive.class))
        .containsExactly(new Recorded.Keepalive(readTimeout, writeIdle));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {"1000", "1,2,3", "a,b", "-1,0"})
  void aHeartBeatThatIsNoneIsRefused(String heartBeat) {
    client.says(TestClient.CONNECT_1_2 + "heart-beat:" + heartBeat + "\n\n^@");
    assertThat(client.sent()).contains("expected two numbers of milliseconds");
  }

  @Test
  void weSendALineEndWhenThereIsNothingElseToSay() {
    client.connect("1.2", "heart-beat:0,10000\n");
    client.session.idleWriting();
    assertThat(client.sent()).isEqualTo("\n");
  }

  @Test
  void aSilentPeerIsToldAndDropped() {
    client.connect("1.2", "heart-beat:10000,0\n");
    client.session.timeOutReading();
    assertThat(client.sent()).startsWith("ERROR\nmessage:Heart-beat timeout\n");
    assertThat(client.session.closeReason()).isEqualTo("keepalive_timeout");
  }

  @Test
  void connectComesFirstAndOnce() {
    client.says("SEND\ndestination:/queue/a\n\nx^@");
    assertThat(client.sent()).contains("You must log in using CONNECT first");
    assertThat(client.session.closeReason()).isEqualTo("error");

    TestClient twice = TestClient.connected("1.2");
    twice.says(TestClient.CONNECT_1_2 + "\n^@");
    assertThat(twice.sent()).contains("CONNECT comes once");
    assertThat(twice.session.closeReason()).isEqualTo("error");
  }

  @Test
  void shutDownAndEvictionAreErrorsToo() {
    client.connect("1.1", "");
    client.session.shutDown();
    assertThat(client.sent()).startsWith("ERROR\nmessage:Server shutdown\n");
    assertThat(client.session.closeReason()).isEqualTo("shutdown");

    TestClient other = TestClient.connected("1.2");
    other.session.evict("user 'guest' is gone");
    assertThat(other.sent()).contains("message:Connection closed").contains("user 'guest' is gone");
    assertThat(other.session.closeReason()).isEqualTo("evicted");
  }

  @Test
  void aFaultOfOursIsAnErrorWithoutDetails() {
    client.connect("1.2", "");
    client.session.failInside();
    assertThat(client.sent()).startsWith("ERROR\nmessage:Internal error\n");
  }

  @Test
  void whoHasNotLoggedInIsNotHeldMoreOfThanALoginNeeds() {
    String header = "x:" + "y".repeat(8_000) + "\n";
    client.says("CONNECT\naccept-version:1.2\nhost:/\n" + header.repeat(9));
    assertThat(client.sent()).startsWith("ERROR\nmessage:Limit exceeded\n").contains("65536");
    assertThat(client.session.closeReason()).isEqualTo("error");
  }

  @Test
  void whoHasLoggedInMaySendLongerHeaders() {
    TestClient in = TestClient.connected("1.2");
    in.queues.add("a");
    String header = "x:" + "y".repeat(8_000) + "\n";
    in.says("SEND\ndestination:/queue/a\n" + header.repeat(9) + "\n^@");
    assertThat(in.published()).hasSize(1);
  }
}
