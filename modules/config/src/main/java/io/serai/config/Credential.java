package io.serai.config;

/** How a user proves who it is. */
public sealed interface Credential {

  /** A password in plain text, from the file, the environment or a password file. */
  record Password(Secret secret) implements Credential {}

  /** A stored SCRAM verifier: the password itself is in no file. */
  record Stored(ScramVerifier verifier) implements Credential {}

  /** No login by password: only what the anonymous rule lets in. */
  record NoLogin() implements Credential {}
}
