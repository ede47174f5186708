package io.serai.security;

import io.serai.gateway.AuthResult;
import io.serai.gateway.Authenticator;
import io.serai.gateway.ConnectionInfo;
import io.serai.gateway.Credentials;
import io.vertx.core.Context;
import io.vertx.core.Future;
import io.vertx.core.Promise;
import io.vertx.core.Vertx;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Checks credentials against a {@link UserDirectory}. Passwords are hashed on {@link HashWorkers};
 * a password that was right a short time ago is let through at once. An unknown user costs as much
 * as a wrong password and gets the same answer. One instance serves all event loops.
 */
public final class DirectoryAuthenticator implements Authenticator {
  /** Logins remembered at most: about 1.5 MB when full. */
  private static final int CACHED_LOGINS = 16_384;

  /** The answer that tells nothing about which of the two was wrong. */
  private static final String WRONG = "unknown user or wrong password";

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
      case Credentials.Certificate(String subject) ->
          Future.succeededFuture(certificate(subject, info));
      case Credentials.Anonymous() -> Future.succeededFuture(anonymous(info));
    };
  }

  private Future<AuthResult> plain(String user, String password, ConnectionInfo info) {
    UserDirectory.Snapshot users = directory.snapshot();
    User found = users.find(user);
    ScramSha256 own = found == null ? null : found.verifier();
    ScramSha256 verifier = own != null ? own : users.decoyFor(user);
    LoginCache.Mark mark = cache.mark(user, verifier, password);
    if (cache.holds(mark)) {
      return Future.succeededFuture(verified(user, verifier, info));
    }
    Context caller = Vertx.currentContext();
    Promise<AuthResult> answer = Promise.promise();
    boolean accepted =
        workers.offer(() -> {
          // A fleet with one password: the first of those that wait has answered for all.
          boolean right = cache.holds(mark) || verifier.verifies(password);
          if (right) {
            cache.add(mark);
          }
          AuthResult result =
              right ? verified(user, verifier, info) : denied(user, "plain", info, WRONG);
          complete(answer, result, caller);
        });
    return accepted
        ? answer.future()
        : Future.succeededFuture(denied(user, "plain", info, "busy: too many logins at once"));
  }

  private static void complete(
      Promise<AuthResult> answer, AuthResult result, @Nullable Context caller) {
    if (caller == null) {
      answer.complete(result);
    } else {
      caller.runOnContext(_ -> answer.complete(result));
    }
  }

  /** The password was right: whether its user may use it from there. */
  private AuthResult verified(String user, ScramSha256 verifier, ConnectionInfo info) {
    User now = directory.find(user);
    if (now == null || !verifier.equals(now.verifier())) {
      return denied(user, "plain", info, "the user was changed during the login");
    }
    if (!info.remoteIsLoopback() && options.loopbackOnlyUsers().contains(user)) {
      return denied(user, "plain", info, "this user may log in only from this machine");
    }
    return granted(user);
  }

  private AuthResult certificate(String subject, ConnectionInfo info) {
    if (!subject.equals(info.certificateSubject())) {
      return denied(
          subject, "certificate", info, "the connection has no such verified certificate");
    }
    String name = CertificateName.commonName(subject);
    if (name == null) {
      return denied(subject, "certificate", info, "the certificate's subject has no common name");
    }
    return directory.find(name) == null
        ? denied(name, "certificate", info, "no user of that name")
        : granted(name);
  }

  private AuthResult anonymous(ConnectionInfo info) {
    String user = options.anonymousUser();
    if (user == null || !info.anonymousAllowed()) {
      return denied("", "anonymous", info, "the listener wants credentials");
    }
    return directory.find(user) == null
        ? denied(user, "anonymous", info, "no user of that name")
        : granted(user);
  }

  private AuthResult granted(String user) {
    return new AuthResult.Granted(new DirectoryPrincipal(directory, user));
  }

  private AuthResult denied(String user, String mechanism, ConnectionInfo info, String reason) {
    refusals.refused(user, mechanism, info, reason);
    return new AuthResult.Denied(reason);
  }
}
