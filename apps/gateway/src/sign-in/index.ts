export { IssuerSignIn } from './issuer-sign-in';
export { openSignIn, sessionLimits, type SignInRoom } from './open-sign-in';
export { SignIn } from './sign-in';
export { SignInController } from './sign-in.controller';
