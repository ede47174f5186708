/** Tests of files as storage sees them. */
package io.serai.storage.file;
