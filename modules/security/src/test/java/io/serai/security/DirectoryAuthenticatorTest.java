package io.serai.security;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.serai.bus.SessionRef;
import io.serai.gateway.AuthResult;
import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Credentials;
import io.serai.gateway.driver.AddressRange;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class DirectoryAuthenticatorTest {
  private static final SaltSecret SALTS = SaltSecret.random();

  private static final String CERTIFICATE = "CN=joe,O=Plant";

  private final AtomicLong nanos = new AtomicLong();
  private final HashWorkers workers = new HashWorkers(1, 4);
  private final UserDirectory directory =
      UserDirectory.read(
          List.of(
              spec("guest", "guest"),
              spec("joe", "secret"),
              new UserSpec("nopass", null, null, Set.of(), List.of(), List.of())),
          SALTS);
  private final DirectoryAuthenticator authenticator = authenticator(AuthOptions.DEFAULTS);

  @AfterEach
  void stop() {
    workers.close();
  }

  private DirectoryAuthenticator authenticator(AuthOptions options) {
    return new DirectoryAuthenticator(directory, options, workers, nanos::get);
  }

  private static UserSpec spec(String name, String password) {
    return new UserSpec(
        name,
        password,
        null,
        Set.of(),
        List.of(new UserSpec.PermissionSpec("/", ".*", ".*", ".*")),
        List.of());
  }

  private static ConnectionInfo local() {
    return info(true, false, null);
  }

  private static ConnectionInfo remote() {
    return info(false, false, null);
  }

  private static ConnectionInfo info(boolean loopback, boolean anonymous, String certificate) {
    return new ConnectionInfo(
        new SessionRef(0, 1), "mqtt", "tcp", "192.0.2.1:5", loopback, "/", anonymous, certificate);
  }

  private static AuthResult result(Future<AuthResult> future) throws Exception {
    return future.toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
  }

  private AuthResult plain(String user, String password, ConnectionInfo info) throws Exception {
    return result(authenticator.authenticate(new Credentials.Plain(user, password), info));
  }

  private static String grantedTo(AuthResult result) {
    assertThat(result).isInstanceOf(AuthResult.Granted.class);
    return ((AuthResult.Granted) result).principal().user();
  }

  private static String deniedBecause(AuthResult result) {
    assertThat(result).isInstanceOf(AuthResult.Denied.class);
    return ((AuthResult.Denied) result).reason();
  }

  @Test
  void aUserNameIsNotCheckedWhileTheAnonymousUserIsTheOnlyOne() throws Exception {
    var anybody = new Credentials.PlainOrAnonymous("anybody", "whatever");
    ConnectionInfo open = info(true, true, null);
    directory.reload(List.of(spec("guest", "guest")));
    assertThat(grantedTo(result(authenticator.authenticate(anybody, open)))).isEqualTo("guest");
    assertThat(deniedBecause(result(authenticator.authenticate(anybody, local()))))
        .isEqualTo("unknown user or wrong password");
    assertThat(deniedBecause(plain("anybody", "whatever", open)))
        .isEqualTo("unknown user or wrong password");
    var guest = new Credentials.PlainOrAnonymous("guest", "wrong");
    assertThat(deniedBecause(result(authenticator.authenticate(guest, open))))
        .isEqualTo("unknown user or wrong password");
    directory.reload(List.of(spec("guest", "guest"), spec("joe", "secret")));
    assertThat(deniedBecause(result(authenticator.authenticate(anybody, open))))
        .isEqualTo("unknown user or wrong password");
  }

  @Test
  void aUserMayBeKeptToSomeAddresses() throws Exception {
    var inside =
        authenticator(
            new AuthOptions(
                Set.of(),
                "guest",
                Map.of("joe", List.of(AddressRange.parse("192.0.2.0/24"))),
                Duration.ZERO));
    var outside =
        authenticator(
            new AuthOptions(
                Set.of(),
                "guest",
                Map.of(
                    "joe", List.of(AddressRange.parse("10.0.0.0/8")),
                    "guest", List.of(AddressRange.parse("10.0.0.0/8"))),
                Duration.ZERO));
    var joe = new Credentials.Plain("joe", "secret");
    assertThat(grantedTo(result(inside.authenticate(joe, remote())))).isEqualTo("joe");
    assertThat(deniedBecause(result(outside.authenticate(joe, remote()))))
        .isEqualTo("this user may not log in from this address");
    ConnectionInfo shown = info(false, true, CERTIFICATE);
    var certificate = new Credentials.Certificate(CERTIFICATE);
    assertThat(grantedTo(result(inside.authenticate(certificate, shown)))).isEqualTo("joe");
    assertThat(deniedBecause(result(outside.authenticate(certificate, shown))))
        .isEqualTo("this user may not log in from this address");
    assertThat(deniedBecause(result(outside.authenticate(new Credentials.Anonymous(), shown))))
        .isEqualTo("this user may not log in from this address");
    var guest = new Credentials.Plain("guest", "guest");
    assertThat(grantedTo(result(inside.authenticate(guest, remote())))).isEqualTo("guest");
  }

  @Test
  void theRightPasswordIsGrantedAndTheWrongOneDenied() throws Exception {
    assertThat(grantedTo(plain("joe", "secret", remote()))).isEqualTo("joe");
    assertThat(deniedBecause(plain("joe", "Secret", remote())))
        .isEqualTo("unknown user or wrong password");
    assertThat(deniedBecause(plain("joe", "", remote())))
        .isEqualTo("unknown user or wrong password");
  }

  @Test
  void aFailureOnAWorkerIsAnAnswerToo() {
    Thread loop = Thread.currentThread();
    var failing =
        new DirectoryAuthenticator(
            directory,
            AuthOptions.DEFAULTS,
            workers,
            () -> {
              if (Thread.currentThread() != loop) {
                throw new IllegalStateException("seeded failure");
              }
              return 0;
            });
    var login = failing.authenticate(new Credentials.Plain("joe", "secret"), local());
    assertThatThrownBy(() -> result(login)).hasMessageContaining("seeded failure");
  }

  @Test
  void theAnswerDoesNotTellWhetherTheUserExists() throws Exception {
    String wrong = deniedBecause(plain("joe", "x", local()));

    assertThat(deniedBecause(plain("nobody", "x", local()))).isEqualTo(wrong);
    assertThat(deniedBecause(plain("nopass", "", local()))).isEqualTo(wrong);
    assertThat(deniedBecause(plain("", "", local()))).isEqualTo(wrong);
  }

  @Test
  void guestMayLogInOnlyFromThisMachine() throws Exception {
    assertThat(grantedTo(plain("guest", "guest", local()))).isEqualTo("guest");
    assertThat(deniedBecause(plain("guest", "guest", remote()))).contains("only from this machine");
    assertThat(deniedBecause(plain("guest", "wrong", remote())))
        .as("checked after the password, as in RabbitMQ")
        .isEqualTo("unknown user or wrong password");
  }

  @Test
  void guestMayLogInFromAnywhereWhenConfiguredSo() throws Exception {
    var open = authenticator(new AuthOptions(Set.of(), "guest", Duration.ZERO));

    assertThat(
            grantedTo(result(open.authenticate(new Credentials.Plain("guest", "guest"), remote()))))
        .isEqualTo("guest");
  }

  @Test
  void anonymousIsGuestOnlyWhereTheListenerAllowsIt() throws Exception {
    var anonymous = new Credentials.Anonymous();

    assertThat(grantedTo(result(authenticator.authenticate(anonymous, info(true, true, null)))))
        .isEqualTo("guest");
    assertThat(deniedBecause(result(authenticator.authenticate(anonymous, local()))))
        .isEqualTo("the listener wants credentials");
    var nobody = authenticator(new AuthOptions(Set.of(), null, Duration.ZERO));
    assertThat(deniedBecause(result(nobody.authenticate(anonymous, info(true, true, null)))))
        .isEqualTo("the listener wants credentials");
    directory.replace(List.of());
    assertThat(deniedBecause(result(authenticator.authenticate(anonymous, info(true, true, null)))))
        .isEqualTo("no user of that name");
  }

  @Test
  void aVerifiedCertificateIsTheUserOfItsCommonName() throws Exception {
    var offered = new Credentials.Certificate(CERTIFICATE);
    assertThat(
            grantedTo(result(authenticator.authenticate(offered, info(false, false, CERTIFICATE)))))
        .isEqualTo("joe");
  }

  @Test
  void aCertificateThatTlsDidNotVerifyIsDenied() throws Exception {
    var offered = new Credentials.Certificate(CERTIFICATE);

    assertThat(deniedBecause(result(authenticator.authenticate(offered, local()))))
        .contains("no such verified certificate");
    assertThat(
            deniedBecause(
                result(authenticator.authenticate(offered, info(true, false, "CN=guest")))))
        .contains("no such verified certificate");
  }

  @Test
  void aCertificateWithoutAKnownNameIsDenied() throws Exception {
    for (String subject : List.of("CN=nobody", "O=Plant")) {
      var answer =
          result(
              authenticator.authenticate(
                  new Credentials.Certificate(subject), info(true, false, subject)));
      assertThat(deniedBecause(answer)).containsAnyOf("no user of that name", "no common name");
    }
  }

  @Test
  void aRightPasswordIsAnsweredAtOnceUntilItsTimeIsOver() throws Exception {
    plain("joe", "secret", local());
    var joe = new Credentials.Plain("joe", "secret");

    assertThat(authenticator.authenticate(joe, local()).isComplete()).isTrue();
    nanos.addAndGet(Duration.ofMinutes(1).toNanos());
    var hashed = authenticator.authenticate(joe, local());
    assertThat(grantedTo(result(hashed))).isEqualTo("joe");
  }

  @Test
  void aChangedPasswordIsNotServedFromTheCache() throws Exception {
    plain("joe", "secret", local());

    directory.reload(List.of(spec("joe", "other")));

    assertThat(deniedBecause(plain("joe", "secret", local())))
        .isEqualTo("unknown user or wrong password");
    assertThat(grantedTo(plain("joe", "other", local()))).isEqualTo("joe");
  }

  @Test
  void aDeletedUserIsNotServedFromTheCache() throws Exception {
    plain("joe", "secret", local());
    directory.replace(List.of());

    assertThat(deniedBecause(plain("joe", "secret", local())))
        .isEqualTo("unknown user or wrong password");
  }

  @Test
  void aStormOfLoginsIsTurnedAwayInsteadOfQueuedWithoutBound() throws Exception {
    var release = new CountDownLatch(1);
    workers.offer(() -> awaitQuietly(release)); // the only worker is busy, 4 places wait
    List<Future<AuthResult>> answers = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      answers.add(authenticator.authenticate(new Credentials.Plain("joe", "secret"), local()));
    }
    List<Future<AuthResult>> turnedAway = answers.stream().filter(Future::isComplete).toList();
    release.countDown();

    assertThat(turnedAway).hasSize(6);
    assertThat(deniedBecause(turnedAway.getFirst().result())).startsWith("busy");
    for (Future<AuthResult> answer : answers.subList(0, 4)) {
      assertThat(grantedTo(result(answer))).isEqualTo("joe");
    }
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await(60, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void theAnswerComesOnTheCallersContext() throws Exception {
    var vertx = Vertx.vertx();
    try {
      var asked = new AtomicReference<Thread>();
      var answered = new AtomicReference<Thread>();
      var done = new CountDownLatch(1);
      vertx
          .getOrCreateContext()
          .runOnContext(_ -> {
            asked.set(Thread.currentThread());
            authenticator
                .authenticate(new Credentials.Plain("joe", "secret"), local())
                .onComplete(_ -> {
                  answered.set(Thread.currentThread());
                  done.countDown();
                });
          });
      assertThat(done.await(60, TimeUnit.SECONDS)).isTrue();
      assertThat(answered.get()).isSameAs(asked.get());
    } finally {
      vertx.close().toCompletionStage().toCompletableFuture().get(60, TimeUnit.SECONDS);
    }
  }

  // ---- SCRAM-SHA-256

  private AuthResult begin(byte[] first) throws Exception {
    return result(
        authenticator.authenticate(new Credentials.Sasl("SCRAM-SHA-256", first), remote()));
  }

  private AuthResult.Challenge challenge(byte[] first) throws Exception {
    AuthResult result = begin(first);
    assertThat(result).isInstanceOf(AuthResult.Challenge.class);
    return (AuthResult.Challenge) result;
  }

  private AuthResult scram(ScramClient client, ConnectionInfo info) throws Exception {
    AuthResult.Challenge challenge = challenge(client.first());
    return result(
        authenticator.authenticate(
            new Credentials.SaslAnswer(challenge, client.last(challenge.data())), info));
  }

  @Test
  void aScramClientIsGrantedWithTheServersSignature() throws Exception {
    ScramClient joe = new ScramClient("joe", "secret", "abc");
    AuthResult result = scram(joe, remote());
    assertThat(grantedTo(result)).isEqualTo("joe");
    assertThat(new String(((AuthResult.Granted) result).lastWord(), StandardCharsets.US_ASCII))
        .isEqualTo(joe.serverSignature);
  }

  @Test
  void aScramClientThatWaitsToBeAskedIsAsked() throws Exception {
    ScramClient joe = new ScramClient("joe", "secret", "abc");
    AuthResult.Challenge empty = challenge(new byte[0]);
    assertThat(empty.data()).isEmpty();
    AuthResult asked =
        result(
            authenticator.authenticate(new Credentials.SaslAnswer(empty, joe.first()), remote()));
    AuthResult.Challenge challenge = (AuthResult.Challenge) asked;
    assertThat(
            grantedTo(
                result(
                    authenticator.authenticate(
                        new Credentials.SaslAnswer(challenge, joe.last(challenge.data())),
                        remote()))))
        .isEqualTo("joe");
  }

  @Test
  void scramDoesNotTellWhetherTheUserExists() throws Exception {
    String wrong = deniedBecause(scram(new ScramClient("joe", "x", "abc"), remote()));
    for (String name : List.of("nobody", "nopass")) {
      assertThat(deniedBecause(scram(new ScramClient(name, "x", "abc"), remote())))
          .isEqualTo(wrong);
      String first = new String(challenge(new ScramClient(name, "x", "abc").first()).data(), UTF_8);
      String again = new String(challenge(new ScramClient(name, "x", "abc").first()).data(), UTF_8);
      assertThat(first).endsWith(",i=4096");
      assertThat(again.substring(again.indexOf(",s=")))
          .as("salt and rounds as told before")
          .isEqualTo(first.substring(first.indexOf(",s=")));
      assertThat(again).as("another nonce").isNotEqualTo(first);
    }
  }

  @Test
  void scramHoldsToWhoMayLogInFromWhere() throws Exception {
    assertThat(grantedTo(scram(new ScramClient("guest", "guest", "abc"), local())))
        .isEqualTo("guest");
    AuthResult refused = scram(new ScramClient("guest", "guest", "abc"), remote());
    assertThat(refused)
        .isEqualTo(
            new AuthResult.Denied(
                AuthResult.Kind.NOT_AUTHORIZED, "this user may log in only from this machine"));
  }

  @Test
  void anUnknownMechanismSaysSo() throws Exception {
    AuthResult refused =
        result(authenticator.authenticate(new Credentials.Sasl("GS2-KRB5", new byte[0]), local()));
    assertThat(((AuthResult.Denied) refused).kind()).isEqualTo(AuthResult.Kind.UNKNOWN_MECHANISM);
  }

  @Test
  void whyALoginIsRefusedIsToldApart() throws Exception {
    assertThat(((AuthResult.Denied) plain("joe", "x", remote())).kind())
        .isEqualTo(AuthResult.Kind.BAD_CREDENTIALS);
    assertThat(((AuthResult.Denied) plain("guest", "guest", remote())).kind())
        .isEqualTo(AuthResult.Kind.NOT_AUTHORIZED);
    workers.close();
    assertThat(((AuthResult.Denied) plain("joe", "other", remote())).kind())
        .as("no worker can check it")
        .isEqualTo(AuthResult.Kind.BUSY);
  }
}
