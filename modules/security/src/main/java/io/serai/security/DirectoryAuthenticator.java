package io.serai.security;

import io.serai.gateway.AuthResult;
import io.serai.gateway.AuthResult.Kind;
import io.serai.gateway.Authenticator;
import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Credentials;
import io.serai.gateway.SaslExchange;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Checks credentials against a {@link UserDirectory}. Passwords are hashed on {@link HashWorkers};
 * a password that was right a short time ago is let through at once. SCRAM-SHA-256 runs in two
 * steps there, too; it hashes little but draws nonces. An unknown user costs as much as a wrong
 * password and gets the same answer. One instance serves all event loops.
 */
public final class DirectoryAuthenticator implements Authenticator {
  /** Logins remembered at most: about 1.5 MB when full. */
  private static final int CACHED_LOGINS = 16_384;

  /** The answer that tells nothing about which of the two was wrong. */
  static final String WRONG = "unknown user or wrong password";

  private static final String PLAIN = "plain";
  private static final String SCRAM = "scram-sha-256";
  private static final byte[] NOTHING = {};

  /** Of the server's part of a SCRAM nonce, before base64: no comma can come of it. */
  private static final int NONCE_BYTES = 18;

  private final SecureRandom random = new SecureRandom();
  private final UserDirectory directory;
  private volatile AuthOptions options;
  private final HashWorkers workers;
  private final LoginCache cache;
  private final RefusalLog refusals;

  /** Checks against {@code directory}, hashing on {@code workers}, which the caller closes. */
  public DirectoryAuthenticator(UserDirectory directory, AuthOptions options, HashWorkers workers) {
    this(directory, options, workers, System::nanoTime);
  }

  DirectoryAuthenticator(
      UserDirectory directory, AuthOptions options, HashWorkers workers, LongSupplier nanoClock) {
    this.directory = directory;
    this.options = options;
    this.workers = workers;
    this.cache = new LoginCache(CACHED_LOGINS, options.loginCacheTtl(), nanoClock);
    this.refusals = new RefusalLog(nanoClock);
  }

  /**
   * Who may log in from where, from the next login on. How long logins are remembered stays as it
   * was.
   */
  public void use(AuthOptions changed) {
    options = changed;
  }

  @Override
  public Future<AuthResult> authenticate(Credentials credentials, ConnectionInfo info) {
    return switch (credentials) {
      case Credentials.Plain(String user, String password) -> plain(user, password, info);
      case Credentials.PlainOrAnonymous(String user, String password) ->
          isAnonymous(user, info)
              ? Future.succeededFuture(anonymous(info))
              : plain(user, password, info);
      case Credentials.Certificate(String subject) ->
          Future.succeededFuture(certificate(subject, info));
      case Credentials.Anonymous() -> Future.succeededFuture(anonymous(info));
      case Credentials.Sasl sasl -> begin(sasl, info);
      case Credentials.SaslAnswer answer -> goOn(answer, info);
    };
  }

  private Future<AuthResult> plain(String user, String password, ConnectionInfo info) {
    UserDirectory.Snapshot users = directory.snapshot();
    User found = users.find(user);
    ScramSha256 own = found == null ? null : found.verifier();
    ScramSha256 verifier = own != null ? own : users.decoyFor(user);
    LoginCache.Mark mark = cache.mark(user, verifier, password);
    if (cache.holds(mark)) {
      return Future.succeededFuture(verified(user, PLAIN, verifier, NOTHING, info));
    }
    return onWorker(
        user,
        PLAIN,
        info,
        () -> {
          // A fleet with one password: the first of those that wait has answered for all.
          boolean right = cache.holds(mark) || verifier.verifies(password);
          if (right) {
            cache.add(mark);
          }
          return right
              ? verified(user, PLAIN, verifier, NOTHING, info)
              : denied(Kind.BAD_CREDENTIALS, user, PLAIN, info, WRONG);
        });
  }

  /** Runs a step that takes more than a moment away from the loops. */
  private Future<AuthResult> onWorker(
      String user, String mechanism, ConnectionInfo info, Supplier<AuthResult> step) {
    Context caller = Vertx.currentContext();
    Promise<AuthResult> answer = Promise.promise();
    return workers.offer(() -> answer(answer, step, caller))
        ? answer.future()
        : Future.succeededFuture(
            denied(Kind.BUSY, user, mechanism, info, "busy: too many logins at once"));
  }

  /** Whether nobody's name is checked yet, and {@code user} is not one that has a password. */
  private boolean isAnonymous(String user, ConnectionInfo info) {
    String anonymous = options.anonymousUser();
    return anonymous != null
        && info.anonymousAllowed()
        && !user.equals(anonymous)
        && directory.snapshot().isOnly(anonymous);
  }

  /** A step that fails answers too: whoever waits for it must not wait for ever. */
  private static void answer(
      Promise<AuthResult> answer, Supplier<AuthResult> step, @Nullable Context caller) {
    Runnable told;
    try {
      AuthResult result = step.get();
      told = () -> answer.complete(result);
    } catch (RuntimeException | Error e) {
      told = () -> answer.fail(e);
    }
    if (caller == null) {
      told.run();
    } else {
      Runnable there = told;
      caller.runOnContext(_ -> there.run());
    }
  }

  /** The password was right: whether its user may use it from there. */
  private AuthResult verified(
      String user, String mechanism, ScramSha256 verifier, byte[] lastWord, ConnectionInfo info) {
    User now = directory.find(user);
    if (now == null || !verifier.equals(now.verifier())) {
      return denied(
          Kind.BAD_CREDENTIALS, user, mechanism, info, "the user was changed during the login");
    }
    if (!info.remoteIsLoopback() && options.loopbackOnlyUsers().contains(user)) {
      return denied(
          Kind.NOT_AUTHORIZED,
          user,
          mechanism,
          info,
          "this user may log in only from this machine");
    }
    return granted(user, mechanism, lastWord, info);
  }

  // ---- SCRAM

  private Future<AuthResult> begin(Credentials.Sasl sasl, ConnectionInfo info) {
    if (!sasl.mechanism().equals(ScramExchange.MECHANISM)) {
      return Future.succeededFuture(
          denied(
              Kind.UNKNOWN_MECHANISM,
              "",
              RefusalLog.safe(sasl.mechanism()),
              info,
              "no such mechanism"));
    }
    return sasl.initial().length == 0
        ? Future.succeededFuture(new AuthResult.Challenge(NOTHING, ScramExchange.Unasked.UNASKED))
        : onWorker("", SCRAM, info, () -> first(sasl.initial(), info));
  }

  private Future<AuthResult> goOn(Credentials.SaslAnswer answer, ConnectionInfo info) {
    SaslExchange exchange = answer.to().exchange();
    return onWorker(
        "",
        SCRAM,
        info,
        () ->
            exchange instanceof ScramExchange begun
                ? last(begun, answer.data(), info)
                : first(answer.data(), info));
  }

  private AuthResult first(byte[] message, ConnectionInfo info) {
    try {
      ScramFirst first = ScramFirst.read(message);
      UserDirectory.Snapshot users = directory.snapshot();
      User found = users.find(first.user());
      ScramSha256 own = found == null ? null : found.verifier();
      ScramSha256 verifier = own != null ? own : users.scramDecoyFor(first.user());
      byte[] nonce = new byte[NONCE_BYTES];
      random.nextBytes(nonce);
      ScramExchange begun =
          ScramExchange.begin(first, verifier, Base64.getEncoder().encodeToString(nonce));
      return new AuthResult.Challenge(begun.challenge(), begun);
    } catch (ScramFailure e) {
      return denied(Kind.BAD_CREDENTIALS, "", SCRAM, info, e.reason());
    }
  }

  private AuthResult last(ScramExchange begun, byte[] message, ConnectionInfo info) {
    String user = begun.first().user();
    try {
      byte[] lastWord = begun.finish(message);
      return verified(user, SCRAM, begun.verifier(), lastWord, info);
    } catch (ScramFailure e) {
      return denied(Kind.BAD_CREDENTIALS, user, SCRAM, info, e.reason());
    }
  }

  // ---- without password

  private AuthResult certificate(String subject, ConnectionInfo info) {
    if (!subject.equals(info.certificateSubject())) {
      return denied(
          Kind.BAD_CREDENTIALS,
          subject,
          "certificate",
          info,
          "the connection has no such verified certificate");
    }
    String name = CertificateName.commonName(subject);
    if (name == null) {
      return denied(
          Kind.BAD_CREDENTIALS,
          subject,
          "certificate",
          info,
          "the certificate's subject has no common name");
    }
    return directory.find(name) == null
        ? denied(Kind.BAD_CREDENTIALS, name, "certificate", info, "no user of that name")
        : granted(name, "certificate", NOTHING, info);
  }

  private AuthResult anonymous(ConnectionInfo info) {
    String user = options.anonymousUser();
    if (user == null || !info.anonymousAllowed()) {
      return denied(Kind.NOT_AUTHORIZED, "", "anonymous", info, "the listener wants credentials");
    }
    return directory.find(user) == null
        ? denied(Kind.NOT_AUTHORIZED, user, "anonymous", info, "no user of that name")
        : granted(user, "anonymous", NOTHING, info);
  }

  private AuthResult granted(String user, String mechanism, byte[] lastWord, ConnectionInfo info) {
    if (!options.mayComeFrom(user, info.remoteAddress())) {
      return denied(
          Kind.NOT_AUTHORIZED, user, mechanism, info, "this user may not log in from this address");
    }
    return new AuthResult.Granted(new DirectoryPrincipal(directory, user), lastWord);
  }

  private AuthResult denied(
      Kind kind, String user, String mechanism, ConnectionInfo info, String reason) {
    refusals.refused(user, mechanism, info, reason);
    return new AuthResult.Denied(kind, reason);
  }
}
